import { json, type Answer } from '../http/answer.ts';
import { distort, isDistortion } from './distort-pages.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault } from './fault-script.ts';
import { isPolygon, type MarketRequest } from '../endpoints/market-request.ts';
import type { MarketContext } from '../market/market-context.ts';
import { errorAnswer, notFound, timeframeNotIncluded, tooManyRequests, unauthorized } from '../polygon/polygon-errors.ts';
import { distortChart, distortsCharts } from './distort-chart.ts';
import { invalidCrumb, yahooStatus } from '../yahoo/yahoo-errors.ts';

/** What the hits make of an honest answer; how it is sent is not decided here. */
export function faultyAnswer(
  honest: () => Answer,
  hits: readonly FaultHit[],
  request: MarketRequest,
  context: Pick<MarketContext, 'requestId' | 'origin' | 'crumbs'>,
): Answer {
  for (const { fault } of hits) {
    const replaced = replacement(fault, request, context);
    if (replaced !== null) return replaced;
  }
  const answer = honest();
  if (answer.status !== 200) return answer;
  const distortions = hits.filter(request.endpoint === 'chart' ? distortsCharts : isDistortion);
  if (distortions.length === 0 || !answer.contentType.startsWith('application/json')) return answer;
  const body = distortions.reduce(
    (text, hit) =>
      request.endpoint === 'chart' ? distortChart(text, hit) : distort(text, hit, request, context.origin),
    answer.body.toString(),
  );
  return { ...answer, body };
}

function replacement(
  fault: Fault,
  { endpoint }: MarketRequest,
  { requestId, crumbs }: Pick<MarketContext, 'requestId' | 'crumbs'>,
): Answer | null {
  switch (fault.kind) {
    case 'html':
      return { status: fault.status, contentType: 'text/html', body: htmlPage };
    case 'notYet':
      return timeframeNotIncluded(requestId);
    case 'staleCrumb':
      crumbs.renew();
      return invalidCrumb();
    case 'status':
      return {
        ...statusAnswer(fault, requestId, isPolygon(endpoint)),
        headers: retryAfter(fault.retryAfterSeconds),
      };
    default:
      return null;
  }
}

const htmlPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.19.2</center>\r\n</body>\r\n</html>\r\n';

function statusAnswer(
  { status, body }: Extract<Fault, { kind: 'status' }>,
  requestId: string,
  ofPolygon: boolean,
): Answer {
  if (typeof body === 'string') return { status, contentType: 'text/plain', body };
  if (body !== undefined) return json(status, body);
  if (!ofPolygon) return yahooStatus(status);
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
