import type { DailyBar } from '../../domain/bar.ts';
import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeInstant } from '../../domain/exchange-time.ts';
import { jsonText, type Answer } from '../http/answer.ts';
import { momentOf } from '../market/moment.ts';
import { splitAdjusted, splitSteps } from './adjusted-bar.ts';
import { aggregateRow, barsEnvelope } from './bar-wire.ts';
import { BadQuery, cursorOf, pageQuery, readLimit, readWord } from './page-options.ts';
import { closedThrough, type PolygonContext } from './polygon-context.ts';
import type { PolygonRequest } from './polygon-request.ts';

interface PageOptions {
  readonly limit: number;
  readonly sort: 'asc' | 'desc';
  readonly adjusted: 'true' | 'false';
}

/** `/v2/aggs/ticker/{ticker}/range/1/day/{from}/{to}`: an unknown ticker has no data, which is no error. */
export function answerAggregates(request: PolygonRequest, context: PolygonContext): Answer {
  const { symbol, range } = request;
  if (symbol === null || range === null) {
    throw new BadQuery("Could not parse the time parameter: 'from'. Use YYYY-MM-DD or Unix MS Timestamps");
  }
  if (range.from > range.to) {
    throw new BadQuery("The parameter 'to' cannot be a time that occurs before 'from'");
  }
  const options = readOptions(request.query);
  const closed = closedThrough(context);
  const bars = context.source.bars(symbol, { from: range.from, to: range.to < closed ? range.to : closed });
  const adjusted = options.adjusted === 'true';
  const splits = adjusted ? splitSteps(context.source.actions(symbol), momentOf(context.nowMs)) : [];
  const sorted = options.sort === 'asc' ? bars : bars.toReversed();
  const page = sorted.slice(0, Math.min(options.limit, context.pageLimit));
  const [head, tail] = barsEnvelope({
    ticker: symbol,
    count: page.length,
    adjusted,
    requestId: context.requestId,
    nextUrl: page.length < bars.length ? nextUrl(request, range, page.at(-1), options, context) : undefined,
  });
  return jsonText(200, head + page.map((bar) => aggregateRow(splitAdjusted(bar, splits))).join(',') + tail);
}

function readOptions(query: URLSearchParams): PageOptions {
  const page = pageQuery(query);
  return {
    limit: readLimit(page, 5_000, 50_000),
    sort: readWord(page, 'sort', ['asc', 'desc']),
    adjusted: readWord(page, 'adjusted', ['true', 'false']),
  };
}

/** The provider goes on by moving the range's end, in milliseconds, and packs the options into the cursor. */
function nextUrl(
  { path }: PolygonRequest,
  range: DateRange,
  last: DailyBar | undefined,
  options: PageOptions,
  { origin }: PolygonContext,
): string | undefined {
  if (last === undefined) return undefined;
  const rising = options.sort === 'asc';
  const goesOnAt = exchangeInstant(addDays(last.session, rising ? 1 : -1), 0);
  const [from, to] = rising ? [goesOnAt, range.to] : [range.from, goesOnAt];
  const base = path.split('/').slice(0, -2).join('/');
  return `${origin}${base}/${from}/${to}?cursor=${cursorOf({ ...options, limit: String(options.limit) })}`;
}
