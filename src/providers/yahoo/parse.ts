import type { Interval } from '../../domain/interval.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import type { SeriesRequest, YahooSeries } from './answers.ts';
import { grids, type Grid, type Values } from './grid.ts';
import { isoCurrency } from './iso-currency.ts';
import { KeyedRows } from './keyed-rows.ts';
import { parseEvents } from './parse-events.ts';
import { restoreFloat32 } from './restore-float32.ts';
import type { WireChart, WireMeta } from './wire.ts';
import { zonedDate } from './zoned-date.ts';

export interface SeriesCircumstances<I extends Interval> {
  readonly symbol: string;
  /** As Yahoo writes it. */
  readonly written: string;
  readonly request: SeriesRequest<I>;
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
  readonly observedAt: string;
}

type Parsed<I extends Interval> = Omit<YahooSeries<I>, 'requests' | 'observedAt'>;

/** One symbol's chart; null, where Yahoo has nothing in the range, is an empty series. Throws `MalformedResponse`. */
export function parseSeries<I extends Interval>(
  chart: WireChart | null,
  { symbol, written, request, sessionsBetween, observedAt }: SeriesCircumstances<I>,
): Parsed<I> {
  const splitBasis = exchangeDate(Date.parse(observedAt));
  if (chart === null) return emptySeries(symbol, splitBasis);
  requireAsked(chart.meta, { written, request });
  const timeZone = chart.meta.exchangeTimezoneName;
  const grid = grids[request.interval]({ range: request.range, timeZone, sessionsBetween });
  const { rows, outside, ...leftOut } = sortRows(chart, grid);
  const { actions, outsideEvents, brokenEvents } = parseEvents(chart, request.range, splitBasis);
  return {
    symbol,
    bars: rows.agreed(),
    actions,
    splitBasis,
    conflicts: rows.conflicts(symbol),
    outside: outside + outsideEvents,
    leftOut: { ...leftOut, duplicates: rows.duplicates, brokenEvents },
  };
}

function emptySeries<I extends Interval>(symbol: string, splitBasis: SessionDate): Parsed<I> {
  const leftOut = { nullRows: 0, partlyNull: 0, offSession: 0, duplicates: 0, brokenEvents: 0 };
  return { symbol, bars: [], actions: [], splitBasis, conflicts: [], outside: 0, leftOut };
}

/** Yahoo answers for other symbols, and in wider intervals, than it was asked for. */
function requireAsked(
  meta: WireMeta,
  { written, request }: { readonly written: string; readonly request: SeriesRequest },
): void {
  requireSymbol(meta, written);
  const { interval, currency } = request;
  if (meta.dataGranularity !== interval)
    throw new MalformedResponse(`asked for ${interval}, the answer has other intervals`);
  if (currency !== undefined && meta.currency !== currency)
    throw new MalformedResponse(`asked for ${currency}, the answer is in another currency`);
}

function requireSymbol(meta: WireMeta, written: string): void {
  if (meta.symbol !== written)
    throw new MalformedResponse(`asked for ${written}, the answer is for another symbol`);
}

function sortRows<I extends Interval>(chart: WireChart, grid: Grid<I>) {
  const rows = new KeyedRows(grid.key);
  const counts = { nullRows: 0, partlyNull: 0, offSession: 0, outside: 0 };
  const valuesAt = columnsOf(chart);
  chart.timestamp?.forEach((seconds, index) => {
    const values = valuesAt(index);
    const bar = typeof values === 'string' ? values : grid.bar(seconds * 1000, values);
    if (typeof bar === 'string') counts[bar] += 1;
    else rows.add(bar, seconds === chart.meta.regularMarketTime);
  });
  return { rows, ...counts };
}

function columnsOf({ timestamp, indicators }: WireChart) {
  const [{ open, high, low, close, volume }] = indicators.quote;
  const columns = [open, high, low, close, volume].map((column) => column ?? []);
  if (columns.some(({ length }) => length !== (timestamp?.length ?? 0)))
    throw new MalformedResponse('the answer has not as many values as moments');
  return (index: number): Values | 'nullRows' | 'partlyNull' => {
    const [open, high, low, close, volume] = columns.map((column) => column[index] ?? null);
    const filled = [open, high, low, close, volume].filter((value) => value !== null);
    if (filled.length === 0) return 'nullRows';
    if (open == null || high == null || low == null || close == null || volume == null) return 'partlyNull';
    return {
      open: restoreFloat32(open),
      high: restoreFloat32(high),
      low: restoreFloat32(low),
      close: restoreFloat32(close),
      volume,
      vwap: null,
      trades: null,
    };
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
