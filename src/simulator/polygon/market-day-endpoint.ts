import { jsonText, type Answer } from '../http/answer.ts';
import { momentOf } from '../market/moment.ts';
import { barsEnvelope } from './bar-wire.ts';
import { BadQuery, readWord } from './page-options.ts';
import { closedThrough, type PolygonContext } from './polygon-context.ts';
import type { PolygonRequest } from './polygon-request.ts';

/** `/v2/aggs/grouped/locale/us/market/stocks/{date}`: the whole market in one page. */
export function answerMarketDay({ range, query }: PolygonRequest, context: PolygonContext): Answer {
  if (range === null) {
    throw new BadQuery("Could not parse the time parameter: 'date'. Use YYYY-MM-DD");
  }
  const session = range.from;
  const adjusted = readWord(query, 'adjusted', ['true', 'false']) === 'true';
  const adjustedTo = adjusted ? momentOf(context.nowMs) : null;
  const day =
    session <= closedThrough(context) ? context.marketDays(session, adjustedTo) : { count: 0, rows: '' };
  const [head, tail] = barsEnvelope({
    count: day.count,
    adjusted,
    requestId: context.requestId,
  });
  const rows = typeof day.rows === 'string' ? Buffer.from(day.rows) : day.rows;
  return jsonText(200, Buffer.concat([Buffer.from(head), rows, Buffer.from(tail)]));
}
