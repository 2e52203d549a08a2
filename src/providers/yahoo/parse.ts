import { BarBuilder } from '../../domain/bar-builder.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { isIntraday } from '../../domain/interval.ts';
import { requireBelieved } from '../believed.ts';
import { oldestFirst } from '../keyed-bars.ts';
import type { SeriesWish } from '../provider.ts';
import type { YahooSeries } from './answers.ts';
import { adjustedClosesOf } from './adjusted-closes.ts';
import { gridOf } from './grid.ts';
import { parseActions } from './parse-actions.ts';
import { sortRows } from './sort-rows.ts';
import { granularities, requireSymbol, type WireChart, type WireMeta } from './wire.ts';

export interface SeriesCircumstances {
  readonly symbol: string;
  /** As Yahoo writes it. */
  readonly written: string;
  readonly wish: SeriesWish;
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
  readonly observedAt: string;
}

type Parsed = Omit<YahooSeries, 'requests' | 'observedAt'>;

/** One symbol's chart; null, where Yahoo has nothing in the range, is an empty series. Throws `MalformedResponse` or `DoubtedResponse`. */
export function parseSeries(
  chart: WireChart | null,
  { symbol, written, wish, sessionsBetween, observedAt }: SeriesCircumstances,
): Parsed {
  const splitBasis = exchangeDate(Date.parse(observedAt));
  const { interval, range } = wish;
  const intraday = isIntraday(interval);
  if (chart === null) return emptySeries(symbol, splitBasis, intraday);
  requireAsked(chart.meta, written, wish);
  const timeZone = chart.meta.exchangeTimezoneName;
  const grid = gridOf({ interval, range, timeZone, sessionsBetween });
  const { keyed, outside, ...rows } = sortRows(chart, { symbol, intraday, grid });
  const events = parseActions(chart, { symbol, range, basis: splitBasis });
  const adjusted = intraday ? null : adjustedClosesOf(chart, grid);
  const { rejected } = rows;
  const malformed = rows.malformed + events.malformed;
  requireBelieved(malformed, rows.count + events.count, [...rejected, ...events.rejected]);
  return {
    symbol,
    bars: oldestFirst(keyed.agreed().bars),
    actions: events.actions,
    ...(adjusted === null ? {} : { adjusted }),
    rejectedActions: events.rejected,
    splitBasis,
    conflicts: keyed.conflicts().map(({ rows }) => ({ symbol, session: rows[0]?.session ?? '', rows })),
    rejected,
    outside: outside + events.outside,
    leftOut: { ...rows.leftOut, duplicates: keyed.duplicates, brokenEvents: events.rejected.length },
  };
}

function emptySeries(symbol: string, splitBasis: SessionDate, intraday: boolean): Parsed {
  const leftOut = { nullRows: 0, partlyNull: 0, offSession: 0, duplicates: 0, brokenEvents: 0 };
  const bars = new BarBuilder({ intraday, expected: 0 }).bars();
  return { symbol, bars, actions: [], splitBasis, conflicts: [], rejected: [], outside: 0, leftOut };
}

/** Yahoo answers for other symbols, and in wider intervals, than it was asked for. */
function requireAsked(meta: WireMeta, written: string, { interval, currency }: SeriesWish): void {
  requireSymbol(meta, written);
  if (meta.dataGranularity !== granularities[interval])
    throw new MalformedResponse(`asked for ${interval}, the answer has other intervals`);
  if (currency !== undefined && meta.currency !== currency)
    throw new MalformedResponse(`asked for ${currency}, the answer is in another currency`);
}
