import type { MarketContext } from '../endpoints/market-endpoints.ts';
import { isPolygon, type MarketRequest } from '../endpoints/market-request.ts';
import { json, type Answer } from '../http/answer.ts';
import { polygonStatus, timeframeNotIncluded } from '../polygon/polygon-errors.ts';
import { invalidCrumb, yahooStatus } from '../yahoo/yahoo-errors.ts';
import { distortActions, distortsActions } from './distort-actions.ts';
import { distortChart, distortsCharts } from './distort-chart.ts';
import { distort, isDistortion } from './distort-pages.ts';
import { distortReference, distortsReference } from './distort-reference.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault, FaultOf } from './fault-script.ts';

/** What the hits make of an honest answer; how it is sent is not decided here. */
export function faultyAnswer(
  honest: () => Answer,
  hits: readonly FaultHit[],
  request: MarketRequest,
  context: Pick<MarketContext, 'requestId' | 'origin' | 'crumbs' | 'nowMs'>,
): Answer {
  for (const { fault } of hits) {
    const replaced = replacement(fault, request, context);
    if (replaced !== null) return replaced;
  }
  const answer = honest();
  if (answer.status !== 200) return answer;
  const isChart = request.endpoint === 'chart';
  const distortions = hits.filter(
    (hit) =>
      distortsActions(hit) || distortsReference(hit) || (isChart ? distortsCharts(hit) : isDistortion(hit)),
  );
  if (distortions.length === 0 || !answer.contentType.startsWith('application/json')) return answer;
  const body = distortions.reduce((text, hit) => {
    if (distortsActions(hit)) return distortActions(text, hit);
    if (distortsReference(hit)) return distortReference(text, hit);
    return isChart ? distortChart(text, hit) : distort(text, hit, request, context.origin);
  }, answer.body.toString());
  return { ...answer, body };
}

function replacement(
  fault: Fault,
  request: MarketRequest,
  { requestId, crumbs, nowMs }: Pick<MarketContext, 'requestId' | 'crumbs' | 'nowMs'>,
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
        headers: retryAfter(fault, nowMs),
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

function retryAfter(
  { retryAfter: written, retryAfterSeconds: seconds, retryAfterAs: form }: FaultOf<'status'>,
  nowMs: number,
): Readonly<Record<string, string>> {
  if (written !== undefined) return { 'retry-after': written };
  if (seconds === undefined) return {};
  const told = form === 'date' ? new Date(nowMs + seconds * 1000).toUTCString() : String(seconds);
  return { 'retry-after': told };
}
