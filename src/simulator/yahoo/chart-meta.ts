import { addDays } from '../../domain/date-range.ts';
import { exchangeInstant } from '../../domain/exchange-time.ts';
import type { MarketInstrument } from '../market/market-source.ts';
import type { Moment } from '../market/moment.ts';
import { rounded } from '../market/price-model.ts';
import type { ChartQuery } from './chart-query.ts';
import type { ObservedDay, ObservedDays } from './observed-days.ts';
import type { YahooContext } from './yahoo-context.ts';
import { yahooSpelling } from './yahoo-symbols.ts';

const exchanges: Readonly<Record<string, readonly [code: string, name: string]>> = {
  XNAS: ['NMS', 'NasdaqGS'],
  XNYS: ['NYQ', 'NYSE'],
  ARCX: ['PCX', 'NYSEArca'],
};
const validRanges = ['1d', '5d', '1mo', '3mo', '6mo', '1y', '2y', '5y', '10y', 'ytd', 'max'];

/** When Yahoo saw the last trade of the market: a second after the close of a day that is over. */
interface LastTrade {
  readonly session: string;
  readonly atMs: number;
}

export function lastTrade({ source }: Pick<YahooContext, 'source'>, { nowMs, today }: Moment): LastTrade {
  const latest = source.sessionUpTo(today) ?? today;
  const begun = source.opensAtMs(latest) <= nowMs;
  const session = begun ? latest : (source.sessionUpTo(addDays(latest, -1)) ?? latest);
  return { session, atMs: Math.min(nowMs, source.closesAtMs(session) + 1000) };
}

/** The `meta` of a chart, in the order of the recordings. */
export function chartMeta(
  instrument: MarketInstrument,
  query: ChartQuery,
  days: readonly ObservedDay[],
  observed: ObservedDays,
  context: Pick<YahooContext, 'source'>,
  moment: Moment,
): string {
  const { source } = context;
  const year = observed.between({ from: addDays(moment.today, -365), to: moment.today });
  const latest = year.at(-1);
  const price = (value: number | undefined) => rounded((value ?? 0) / (latest?.ratio ?? 1), 10_000);
  const hourly = query.interval === 'hour';
  const period = periodsOf(source, source.sessionUpTo(moment.today) ?? moment.today);
  const [exchangeName, fullExchangeName] = exchanges[instrument.exchange ?? ''] ?? ['NYQ', 'NYSE'];
  const text = JSON.stringify({
    currency: 'USD',
    symbol: yahooSpelling(instrument.symbol),
    exchangeName,
    fullExchangeName,
    instrumentType: instrument.type === 'ETF' ? 'ETF' : 'EQUITY',
    firstTradeDate: firstTradeDate(instrument),
    regularMarketTime: Math.floor(lastTrade(context, moment).atMs / 1000),
    hasPrePostMarketData: true,
    ...zoneAt(moment.today),
    exchangeTimezoneName: 'America/New_York',
    regularMarketPrice: price(latest?.bar.close),
    fiftyTwoWeekHigh: extreme(year, Math.max, ({ bar, ratio }) => bar.high / ratio),
    fiftyTwoWeekLow: extreme(year, Math.min, ({ bar, ratio }) => bar.low / ratio),
    regularMarketDayHigh: price(latest?.bar.high),
    regularMarketDayLow: price(latest?.bar.low),
    regularMarketVolume: latest?.bar.volume ?? 0,
    longName: instrument.name,
    shortName: instrument.name,
    chartPreviousClose: closeBefore(days[0]?.session ?? moment.today, observed),
    ...(hourly ? { previousClose: closeBefore(latest?.session ?? moment.today, observed), scale: 3 } : {}),
    priceHint: price(latest?.bar.close) < 1 ? 4 : 2,
    currentTradingPeriod: period,
  });
  const periods = hourly && days.length > 0 ? `"tradingPeriods":${tradingPeriods(days, query)},` : '';
  const rest = JSON.stringify({ dataGranularity: query.granularity, range: '', validRanges });
  return `${text.slice(0, -1)},${periods}${rest.slice(1)}`;
}

function firstTradeDate({ listedOn }: MarketInstrument): number | null {
  return listedOn === null ? null : exchangeInstant(listedOn, 570) / 1000;
}

function extreme(
  days: readonly ObservedDay[],
  choose: (...values: readonly number[]) => number,
  valueOf: (day: ObservedDay) => number,
): number {
  return days.length === 0 ? 0 : rounded(choose(...days.map(valueOf)), 10_000);
}

/** Yahoo gives it with three decimals. */
function closeBefore(session: string, observed: ObservedDays): number {
  const [day] = observed.between({ from: addDays(session, -15), to: addDays(session, -1) }).slice(-1);
  return day === undefined ? 0 : rounded(day.bar.close / day.ratio, 1000);
}

const zones = new Map<string, { readonly gmtoffset: number; readonly timezone: 'EST' | 'EDT' }>();

function zoneAt(date: string) {
  const known = zones.get(date);
  if (known !== undefined) return known;
  const gmtoffset = (Date.parse(`${date}T12:00:00Z`) - exchangeInstant(date, 720)) / 1000;
  const zone = { gmtoffset, timezone: gmtoffset === -18_000 ? ('EST' as const) : ('EDT' as const) };
  zones.set(date, zone);
  return zone;
}

function periodsOf(source: YahooContext['source'], session: string) {
  const { timezone, gmtoffset } = zoneAt(session);
  const [opens, closes] = [source.opensAtMs(session) / 1000, source.closesAtMs(session) / 1000];
  const period = (start: number, end: number) => ({ timezone, start, end, gmtoffset });
  return {
    pre: period(opens - 19_800, opens),
    regular: period(opens, closes),
    post: period(closes, closes + 14_400),
  };
}

/** A list of regular sessions, or one for each part of the day where all of them are asked for. */
function tradingPeriods(days: readonly ObservedDay[], { includePrePost }: ChartQuery): string {
  const list = (from: (day: ObservedDay) => number, to: (day: ObservedDay) => number) =>
    days
      .map((day) => {
        const { timezone, gmtoffset } = zoneAt(day.session);
        return `[{"timezone":"${timezone}","start":${from(day)},"end":${to(day)},"gmtoffset":${gmtoffset}}]`;
      })
      .join(',');
  const opens = ({ opensAtMs }: ObservedDay) => opensAtMs / 1000;
  const closes = ({ closesAtMs }: ObservedDay) => closesAtMs / 1000;
  const regular = `[${list(opens, closes)}]`;
  if (!includePrePost) return regular;
  const pre = `[${list((day) => opens(day) - 19_800, opens)}]`;
  const post = `[${list(closes, (day) => closes(day) + 14_400)}]`;
  return `{"pre":${pre},"post":${post},"regular":${regular}}`;
}
