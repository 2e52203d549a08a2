import { BarBuilder } from '../../domain/bar-builder.ts';
import type { BarColumns } from '../../domain/bar-columns.ts';
import { dateOfDayNumber, dayNumber, isCalendarDate, type DateRange } from '../../domain/date-range.ts';
import { exchangeDay } from '../../domain/exchange-time.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { KeyedBars, oldestFirst } from '../keyed-bars.ts';
import type { Conflict, MarketDayAnswer } from '../provider.ts';
import type { WireAggregates, WireMarketDay, WireRow, WireTicker } from './wire.ts';

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
    this.bars.reserve(this.bars.length + rows.length);
    let fresh = false;
    for (const row of rows) if (this.take(row)) fresh = true;
    return fresh;
  }

  result(): {
    readonly bars: BarColumns;
    readonly conflicts: readonly Conflict[];
    readonly outside: number;
  } {
    const conflicts = this.keyed
      .conflicts()
      .map(({ key, rows }) => ({ symbol: this.symbol, session: dateOfDayNumber(key), rows }));
    return { bars: oldestFirst(this.keyed.agreed().bars), conflicts, outside: this.left };
  }

  private take(row: WireRow): boolean {
    const day = exchangeDay(milliseconds(row.t));
    if (day < this.firstDay || day > this.lastDay) {
      this.left += 1;
      return false;
    }
    addRow(this.bars, day, row);
    return this.keyed.takeLast(day);
  }
}

/** The rows of one session of the whole market. There `t` ends the window: the instant before it lies in the session. */
export function parseMarketDay(
  session: SessionDate,
  answer: WireMarketDay,
): Pick<MarketDayAnswer, 'symbols' | 'bars' | 'conflicts' | 'outside'> {
  requireWhole(answer);
  const rows = answer.results ?? [];
  const day = dayNumber(session);
  const builder = new BarBuilder({ intraday: false, expected: rows.length });
  const keyed = new KeyedBars<string>(builder);
  let outside = 0;
  for (const row of rows) {
    if (exchangeDay(milliseconds(row.t) - 1) === day && row.otc !== true) {
      addRow(builder, day, row);
      keyed.takeLast(row.T);
    } else outside += 1;
  }
  const { bars, keys: symbols } = keyed.agreed();
  const conflicts = keyed
    .conflicts()
    .map(({ key: symbol, rows: differing }) => ({ symbol, session, rows: differing }));
  return { symbols, bars, conflicts, outside };
}

function filled(text: string | null | undefined): string | null {
  return text === undefined || text === null || text.trim() === '' ? null : text.trim();
}

/** A date as such, or the date that a timestamp begins with: Polygon's dates are midnights in UTC. */
function dateOf(text: string | null | undefined): SessionDate | null {
  const date = filled(text)?.slice(0, 10) ?? '';
  return isCalendarDate(date) ? date : null;
}

/** A reference record; null for what is no stock. Blank fields are null. */
export function parseTicker(record: WireTicker): InstrumentReference | null {
  if ((filled(record.market) ?? 'stocks') !== 'stocks') return null;
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
