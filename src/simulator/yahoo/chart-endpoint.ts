import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import { jsonText, type Answer } from '../http/answer.ts';
import type { MarketInstrument } from '../market/market-source.ts';
import { momentOf } from '../market/moment.ts';
import { adjustedCloses, eventsText } from './chart-events.ts';
import { chartMeta, lastTrade } from './chart-meta.ts';
import { readChartQuery, refuse, type ChartQuery } from './chart-query.ts';
import { dailyRows, hourlyRows, type ChartRows } from './chart-rows.ts';
import { observeDays, type ObservedDay, type ObservedDays } from './observed-days.ts';
import type { YahooContext } from './yahoo-context.ts';
import { noSuchChart } from './yahoo-errors.ts';
import type { YahooRequest } from './yahoo-request.ts';

/** Yahoo removes the whole history of what is delisted, not at once. */
const keptDays = 7;
const contentType = 'application/json;charset=utf-8';

/** `/v8/finance/chart/{symbol}`: days or hours, adjusted for all splits up to now, with the events inside the range. */
export function answerChart(request: YahooRequest, context: YahooContext): Answer {
  const moment = momentOf(context.nowMs);
  const instrument = chartedInstrument(request, context, moment.today);
  const query = readChartQuery(request, context.nowMs);
  const observed = observeDays(instrument, context, moment);
  const days = daysOf(instrument, query, observed, moment.nowMs);
  const actions = context.source.actions(instrument.symbol);
  const { session, atMs } = lastTrade(context, moment);
  const live = { session: session === moment.today ? session : '', tradedAtMs: atMs };
  const daily = query.interval === 'day';
  const rows = daily ? dailyRows(days, live) : hourlyRows(days, observed, query, moment.nowMs);
  const meta = chartMeta(instrument, query, days, observed, context, moment);
  const events = eventsText(actions, query, observed, context, moment);
  const adjusted = daily ? adjustedCloses(instrument.symbol, days, actions, context, moment) : null;
  const { timestamps } = rows;
  const stamps = timestamps.length === 0 ? '' : `"timestamp":[${timestamps.join(',')}],`;
  const body = `{"chart":{"result":[{"meta":${meta},${stamps}${events}"indicators":{${indicators(rows, adjusted)}}}],"error":null}}`;
  return { ...jsonText(200, body), contentType };
}

function chartedInstrument(
  { symbol }: YahooRequest,
  { yahooSymbols }: YahooContext,
  today: string,
): MarketInstrument {
  const instrument = yahooSymbols(symbol ?? '');
  if (instrument === undefined || (instrument.listedOn ?? '') > today) throw noSuchChart();
  const { delistedOn } = instrument;
  if (delistedOn !== null && addDays(delistedOn, keptDays) < today) throw noSuchChart();
  return instrument;
}

/** The days whose open is within the period; for hours also one that is open when it begins. */
function daysOf(
  { listedOn }: MarketInstrument,
  { fromMs, toMs, interval }: ChartQuery,
  observed: ObservedDays,
  nowMs: number,
): readonly ObservedDay[] {
  const range: DateRange = {
    from: exchangeDate(fromMs),
    to: exchangeDate(Math.max(fromMs, Math.min(toMs - 1, nowMs))),
  };
  if (listedOn !== null && range.to < listedOn) {
    refuse(`Data doesn't exist for startDate = ${fromMs / 1000}, endDate = ${toMs / 1000}`);
  }
  const days = observed.between(range);
  return interval === 'hour' ? days : days.filter(({ opensAtMs }) => opensAtMs >= fromMs && opensAtMs < toMs);
}

function indicators({ timestamps, columns }: ChartRows, adjusted: readonly string[] | null): string {
  const empty = timestamps.length === 0;
  const { close, open, volume, high, low } = columns;
  const quote = empty
    ? ''
    : `"close":[${close.join(',')}],"open":[${open.join(',')}],"volume":[${volume.join(',')}],"high":[${high.join(',')}],"low":[${low.join(',')}]`;
  if (adjusted === null) return `"quote":[{${quote}}]`;
  return `"quote":[{${quote}}],"adjclose":[{${empty ? '' : `"adjclose":[${adjusted.join(',')}]`}}]`;
}
