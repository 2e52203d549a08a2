import type { MarketContext } from '../endpoints/market-endpoints.ts';
import { isPolygon, type MarketRequest } from '../endpoints/market-request.ts';
import { json, type Answer } from '../http/answer.ts';
import { polygonStatus, timeframeNotIncluded } from '../polygon/polygon-errors.ts';
import { invalidCrumb, yahooStatus } from '../yahoo/yahoo-errors.ts';
import { distortChart, distortsCharts } from './distort-chart.ts';
import { distort, isDistortion } from './distort-pages.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault, FaultOf } from './fault-script.ts';

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
  request: MarketRequest,
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
        ...statusAnswer(fault, requestId, request),
        headers: retryAfter(fault.retryAfterSeconds),
      };
    default:
      return null;
  }
}

const htmlPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.19.2</center>\r\n</body>\r\n</html>\r\n';

function statusAnswer(
  { status, body }: FaultOf<'status'>,
  requestId: string,
  request: MarketRequest,
): Answer {
  if (typeof body === 'string') return { status, contentType: 'text/plain', body };
  if (body !== undefined) return json(status, body);
  return isPolygon(request) ? polygonStatus(status, requestId) : yahooStatus(status);
}

function retryAfter(seconds: number | undefined): Readonly<Record<string, string>> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
