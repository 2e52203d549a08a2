import { json, type Answer } from './answer.ts';
import { distort, isDistortion } from './distort-body.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault } from './fault-script.ts';
import type { MarketRequest } from './market-request.ts';
import { errorAnswer, notFound, timeframeNotIncluded, tooManyRequests, unauthorized } from './wire-errors.ts';

/** What the hits make of an honest answer; how it is sent is not decided here. */
export function faultyAnswer(
  honest: () => Answer,
  hits: readonly FaultHit[],
  request: MarketRequest,
  { requestId, origin }: { readonly requestId: string; readonly origin: string },
): Answer {
  for (const { fault } of hits) {
    const replaced = replacement(fault, requestId);
    if (replaced !== null) return replaced;
  }
  const answer = honest();
  const distortions = hits.filter(isDistortion);
  if (answer.status !== 200 || distortions.length === 0) return answer;
  const body = distortions.reduce((text, hit) => distort(text, hit, request, origin), answer.body.toString());
  return { ...answer, body };
}

function replacement(fault: Fault, requestId: string): Answer | null {
  switch (fault.kind) {
    case 'html':
      return { status: fault.status, contentType: 'text/html', body: htmlPage };
    case 'notYet':
      return timeframeNotIncluded(requestId);
    case 'status':
      return { ...statusAnswer(fault, requestId), headers: retryAfter(fault.retryAfterSeconds) };
    default:
      return null;
  }
}

const htmlPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.19.2</center>\r\n</body>\r\n</html>\r\n';

function statusAnswer({ status, body }: Extract<Fault, { kind: 'status' }>, requestId: string): Answer {
  if (typeof body === 'string') return { status, contentType: 'text/plain', body };
  if (body !== undefined) return json(status, body);
  switch (status) {
    case 401:
      return unauthorized(requestId, true);
    case 403:
      return timeframeNotIncluded(requestId);
    case 404:
      return notFound(requestId, 'Not found.');
    case 429:
      return tooManyRequests(requestId);
    default:
      return errorAnswer(status, requestId, status >= 500 ? 'Internal server error' : 'Bad request');
  }
}

function retryAfter(seconds: number | undefined): Readonly<Record<string, string>> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
