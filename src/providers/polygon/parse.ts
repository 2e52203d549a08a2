import { BarBuilder } from '../../domain/bar-builder.ts';
import { dateOfDayNumber, dayNumber, isCalendarDate, type DateRange } from '../../domain/date-range.ts';
import { exchangeDay } from '../../domain/exchange-time.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { fieldOf, wrongIn, type RejectedRecord } from '../../domain/rejected-record.ts';
import { requireBelieved, requireHope } from '../believed.ts';
import { KeyedBars, oldestFirst } from '../keyed-bars.ts';
import type { MarketDayAnswer, SeriesAnswer, TradingPlace } from '../provider.ts';
import { faultOf, isTime, marketFaultOf, observedIn } from './row-faults.ts';
import type { WireAggregates, WireMarketDay, WireMarketRow, WireRow, WireTicker } from './wire.ts';

/** Later than any date in milliseconds, earlier than this century in microseconds. */
const millisecondsEnd = 1e14;
const microsecondsEnd = 1e17;

function milliseconds(t: number): number {
  if (t < millisecondsEnd) return t;
  return Math.floor(t < microsecondsEnd ? t / 1e3 : t / 1e6);
}

function addRow(bars: BarBuilder, day: number, row: WireRow): void {
  const at = bars.add();
  bars.day[at] = day;
  bars.open[at] = row.o;
  bars.high[at] = row.h;
  bars.low[at] = row.l;
  bars.close[at] = row.c;
  bars.volume[at] = row.v;
  bars.vwap[at] = row.vw ?? NaN;
  bars.trades[at] = row.n ?? NaN;
}

function requireWhole(answer: WireAggregates | WireMarketDay): void {
  const { adjusted, results, resultsCount } = answer;
  if (adjusted === true) throw new MalformedResponse('adjusted prices in answer to a request for raw ones');
  // "No data" has consequences: an answer that does not speak of rows at all does not say it.
  if (typeof resultsCount !== 'number' && !Array.isArray(results))
    throw new MalformedResponse('the answer has neither rows nor their number');
  const rows = results?.length ?? 0;
  if (rows < (resultsCount ?? 0)) {
    throw new MalformedResponse(`the answer announces ${resultsCount ?? 0} rows and has ${rows}`);
  }
}

/** Gathers the pages of one symbol's daily bars. */
export class SeriesPages {
  private readonly symbol: string;
  private readonly firstDay: number;
  private readonly lastDay: number;
  private readonly bars = new BarBuilder({ intraday: false });
  private readonly keyed = new KeyedBars<number>(this.bars);
  private readonly rejected: RejectedRecord[] = [];
  private rows = 0;
  private left = 0;

  constructor(symbol: string, range: DateRange) {
    this.symbol = symbol;
    this.firstDay = dayNumber(range.from);
    this.lastDay = dayNumber(range.to);
  }

  /** Takes a page; true when it brought anything new. Throws `MalformedResponse`. */
  add(page: WireAggregates): boolean {
    requireWhole(page);
    if ((page.ticker ?? this.symbol) !== this.symbol) {
      throw new MalformedResponse(`asked for ${this.symbol}, the answer is for another ticker`);
    }
    const rows = page.results ?? [];
    this.rows += rows.length;
    this.bars.reserve(this.bars.length + rows.length);
    let fresh = false;
    for (const row of rows) if (this.take(row)) fresh = true;
    return fresh;
  }

  /** What all pages say. Throws `DoubtedResponse`. */
  result(): Pick<SeriesAnswer, 'bars' | 'conflicts' | 'rejected' | 'outside'> {
    const { symbol, rejected } = this;
    requireBelieved(rejected.length, this.rows, rejected);
    const conflicts = this.keyed
      .conflicts()
      .map(({ key, rows }) => ({ symbol, session: dateOfDayNumber(key), rows }));
    return { bars: oldestFirst(this.keyed.agreed().bars), conflicts, rejected, outside: this.left };
  }

  private take(row: unknown): boolean {
    const fault = faultOf(row);
    if (fault !== null) {
      this.reject(row, fault);
      return false;
    }
    const day = exchangeDay(milliseconds((row as WireRow).t));
    if (!this.isAsked(day)) {
      this.left += 1;
      return false;
    }
    addRow(this.bars, day, row as WireRow);
    return this.keyed.takeLast(day);
  }

  private isAsked(day: number): boolean {
    return day >= this.firstDay && day <= this.lastDay;
  }

  private reject(row: unknown, field: string): void {
    const day = dayOf(row, 0);
    if (day !== null && !this.isAsked(day)) {
      this.left += 1;
      return;
    }
    const session = day === null ? null : dateOfDayNumber(day);
    this.rejected.push(rejectedRow({ symbol: this.symbol, session, field }, row));
    requireHope(this.rejected, this.rows);
  }
}

/** The day of a row that is wrong otherwise, by an instant so long before its time; null where that is none. */
function dayOf(row: unknown, beforeMs: number): number | null {
  const t = fieldOf(row, 't');
  return isTime(t) ? exchangeDay(milliseconds(t) - beforeMs) : null;
}

/**
 * The rows of one session of the whole market. There `t` ends the window: the instant before it lies in the session.
 * Throws `MalformedResponse` or `DoubtedResponse`.
 */
export function parseMarketDay(
  session: SessionDate,
  answer: WireMarketDay,
): Pick<MarketDayAnswer, 'symbols' | 'bars' | 'conflicts' | 'rejected' | 'outside'> {
  requireWhole(answer);
  const rows = answer.results ?? [];
  const day = dayNumber(session);
  const builder = new BarBuilder({ intraday: false, expected: rows.length });
  const keyed = new KeyedBars<string>(builder);
  const rejected: RejectedRecord[] = [];
  let outside = 0;
  for (const row of rows) {
    const fault = marketFaultOf(row);
    if (fault !== null) {
      if (isElsewhere(row, day)) outside += 1;
      else rejected.push(rejectedOf(session, row, fault));
      requireHope(rejected, rows.length);
      continue;
    }
    const { t, otc, T } = row as WireMarketRow;
    if (exchangeDay(milliseconds(t) - 1) === day && otc !== true) {
      addRow(builder, day, row as WireMarketRow);
      keyed.takeLast(T);
    } else outside += 1;
  }
  requireBelieved(rejected.length, rows.length, rejected);
  const { bars, keys: symbols } = keyed.agreed();
  const conflicts = keyed
    .conflicts()
    .map(({ key: symbol, rows: differing }) => ({ symbol, session, rows: differing }));
  return { symbols, bars, conflicts, rejected, outside };
}

/** A wrong row of another session, or of another market. */
function isElsewhere(row: unknown, day: number): boolean {
  return fieldOf(row, 'otc') === true || (dayOf(row, 1) ?? day) !== day;
}

function rejectedOf(session: SessionDate, row: unknown, field: string): RejectedRecord {
  const T = fieldOf(row, 'T');
  const symbol = typeof T === 'string' && T !== '' ? T : null;
  return rejectedRow({ symbol, session, field }, row);
}

function rejectedRow(
  place: Pick<RejectedRecord, 'symbol' | 'session' | 'field'>,
  row: unknown,
): RejectedRecord {
  const bar = observedIn(row);
  return { ...place, wrong: wrongIn(row, place.field), record: row, ...(bar === undefined ? {} : { bar }) };
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text.trim();
}

/** A date as such, or the date that a timestamp begins with: Polygon's dates are midnights in UTC. */
function dateOf(text: string | null | undefined): SessionDate | null {
  const date = filled(text)?.slice(0, 10) ?? '';
  return isCalendarDate(date) ? date : null;
}

/** A reference record; null for what is traded elsewhere than is asked. Blank fields are null. */
export function parseTicker(record: WireTicker, place: TradingPlace = 'stocks'): InstrumentReference | null {
  if ((filled(record.market) ?? place) !== place) return null;
  const delistedOn = dateOf(record.delisted_utc);
  const active = record.active ?? delistedOn === null;
  return {
    symbol: record.ticker,
    name: filled(record.name),
    type: filled(record.type),
    exchange: filled(record.primary_exchange),
    figi: filled(record.composite_figi),
    cik: filled(record.cik),
    currency: filled(record.currency_name)?.toUpperCase() ?? null,
    active,
    listedOn: dateOf(record.list_date),
    delistedOn: active ? null : delistedOn,
  };
}
