import { BarBuilder } from '../../domain/bar-builder.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { isIntraday } from '../../domain/interval.ts';
import { KeyedBars, oldestFirst } from '../keyed-bars.ts';
import type { SeriesWish } from '../provider.ts';
import type { YahooSeries } from './answers.ts';
import { gridOf, type Grid } from './grid.ts';
import { isoCurrency } from './iso-currency.ts';
import { parseActions } from './parse-actions.ts';
import { restoreFloat32 } from './restore-float32.ts';
import { granularities, type WireChart, type WireMeta } from './wire.ts';
import { zonedDate } from './zoned-date.ts';

export interface SeriesCircumstances {
  readonly symbol: string;
  /** As Yahoo writes it. */
  readonly written: string;
  readonly wish: SeriesWish;
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
  readonly observedAt: string;
}

type Parsed = Omit<YahooSeries, 'requests' | 'observedAt'>;

/** One symbol's chart; null, where Yahoo has nothing in the range, is an empty series. Throws `MalformedResponse`. */
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
  const { keyed, outside, ...leftOut } = sortRows(chart, { intraday, grid });
  const { actions, outsideEvents, brokenEvents } = parseActions(chart, range, splitBasis);
  return {
    symbol,
    bars: oldestFirst(keyed.agreed().bars),
    actions,
    splitBasis,
    conflicts: keyed.conflicts().map(({ rows }) => ({ symbol, session: rows[0]?.session ?? '', rows })),
    outside: outside + outsideEvents,
    leftOut: { ...leftOut, duplicates: keyed.duplicates, brokenEvents },
  };
}

function emptySeries(symbol: string, splitBasis: SessionDate, intraday: boolean): Parsed {
  const leftOut = { nullRows: 0, partlyNull: 0, offSession: 0, duplicates: 0, brokenEvents: 0 };
  const bars = new BarBuilder({ intraday, expected: 0 }).bars();
  return { symbol, bars, actions: [], splitBasis, conflicts: [], outside: 0, leftOut };
}

/** Yahoo answers for other symbols, and in wider intervals, than it was asked for. */
function requireAsked(meta: WireMeta, written: string, { interval, currency }: SeriesWish): void {
  requireSymbol(meta, written);
  if (meta.dataGranularity !== granularities[interval])
    throw new MalformedResponse(`asked for ${interval}, the answer has other intervals`);
  if (currency !== undefined && meta.currency !== currency)
    throw new MalformedResponse(`asked for ${currency}, the answer is in another currency`);
}

function requireSymbol(meta: WireMeta, written: string): void {
  if (meta.symbol !== written)
    throw new MalformedResponse(`asked for ${written}, the answer is for another symbol`);
}

function sortRows(chart: WireChart, { intraday, grid }: { readonly intraday: boolean; readonly grid: Grid }) {
  const instants = chart.timestamp ?? [];
  const bars = new BarBuilder({ intraday, expected: instants.length });
  const keyed = new KeyedBars<number>(bars);
  const counts = { nullRows: 0, partlyNull: 0, offSession: 0, outside: 0 };
  const values = valuesOf(chart);
  for (let index = 0; index < instants.length; index += 1) {
    const seconds = instants[index] ?? NaN;
    const place = values.lackAt(index) ?? grid(seconds * 1000);
    if (typeof place === 'string') {
      counts[place] += 1;
      continue;
    }
    const row = bars.add();
    bars.day[row] = place;
    if (bars.opensAtMs !== null) bars.opensAtMs[row] = seconds * 1000;
    values.copy(index, bars, row);
    keyed.takeLast(intraday ? seconds : place, seconds === chart.meta.regularMarketTime);
  }
  return { keyed, ...counts };
}

function valuesOf({ timestamp, indicators }: WireChart) {
  const { open, high, low, close, volume } = indicators.quote[0];
  const columns = [open ?? [], high ?? [], low ?? [], close ?? [], volume ?? []] as const;
  if (columns.some(({ length }) => length !== (timestamp?.length ?? 0)))
    throw new MalformedResponse('the answer has not as many values as moments');
  const [opens, highs, lows, closes, volumes] = columns;
  return {
    /** Why the row of an index is no bar; null where all its values are there. */
    lackAt(index: number): 'nullRows' | 'partlyNull' | null {
      let lacking = 0;
      for (const column of columns) if (column[index] == null) lacking += 1;
      if (lacking === 0) return null;
      return lacking === columns.length ? 'nullRows' : 'partlyNull';
    },
    copy(index: number, bars: BarBuilder, row: number): void {
      bars.open[row] = restoreFloat32(opens[index] ?? NaN);
      bars.high[row] = restoreFloat32(highs[index] ?? NaN);
      bars.low[row] = restoreFloat32(lows[index] ?? NaN);
      bars.close[row] = restoreFloat32(closes[index] ?? NaN);
      bars.volume[row] = volumes[index] ?? NaN;
      bars.vwap[row] = NaN;
      bars.trades[row] = NaN;
    },
  };
}

/** Yahoo's exchange code to ISO 10383. */
const exchanges: Readonly<Record<string, string>> = {
  NMS: 'XNAS',
  NGM: 'XNAS',
  NCM: 'XNAS',
  NAS: 'XNAS',
  NYQ: 'XNYS',
  PCX: 'ARCX',
  ASE: 'XASE',
  BTS: 'BATS',
};

/** Yahoo's kinds to Polygon's codes; others stay as they are. */
const types: Readonly<Record<string, string>> = { EQUITY: 'CS', MUTUALFUND: 'FUND' };

/** What a chart says of its instrument; `symbol` as it was asked for. Throws `MalformedResponse`. */
export function parseReference(
  { meta }: WireChart,
  { symbol, written }: { readonly symbol: string; readonly written: string },
): InstrumentReference {
  requireSymbol(meta, written);
  const { longName, shortName, instrumentType, exchangeName, currency, firstTradeDate } = meta;
  const type = filled(instrumentType);
  return {
    symbol,
    name: filled(longName) ?? filled(shortName),
    type: type === null ? null : (types[type] ?? type),
    exchange: exchanges[exchangeName ?? ''] ?? null,
    figi: null,
    cik: null,
    currency: isoCurrency(currency),
    active: true,
    listedOn: firstTradeDate == null ? null : zonedDate(firstTradeDate * 1000, meta.exchangeTimezoneName),
    delistedOn: null,
  };
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text.trim();
}
