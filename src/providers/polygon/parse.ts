import { sameBar, type DailyBar } from '../../domain/bar.ts';
import { isCalendarDate, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import type { Conflict } from '../provider.ts';
import type { WireAggregates, WireMarketDay, WireRow, WireTicker } from './wire.ts';

/** Later than any date in milliseconds, earlier than this century in microseconds. */
const millisecondsEnd = 1e14;
const microsecondsEnd = 1e17;

function milliseconds(t: number): number {
  if (t < millisecondsEnd) return t;
  return Math.floor(t < microsecondsEnd ? t / 1e3 : t / 1e6);
}

function toBar(row: WireRow, session: SessionDate): DailyBar {
  const { o: open, h: high, l: low, c: close, v: volume, vw, n } = row;
  return { session, open, high, low, close, volume, vwap: vw ?? null, trades: n ?? null };
}

/** Bars by key; equal rows count once, rows that differ make the key a conflict. */
class KeyedBars {
  private readonly bars = new Map<string, { readonly symbol: string; readonly bar: DailyBar }>();
  private readonly disputed = new Map<string, { symbol: string; session: SessionDate; rows: DailyBar[] }>();

  /** True when the row says something new. */
  add(symbol: string, bar: DailyBar): boolean {
    const key = `${symbol} ${bar.session}`;
    const first = this.bars.get(key);
    if (first === undefined) {
      this.bars.set(key, { symbol, bar });
      return true;
    }
    const conflict = this.disputed.get(key);
    const known = conflict?.rows ?? [first.bar];
    if (known.some((other) => sameBar(other, bar))) return false;
    if (conflict === undefined)
      this.disputed.set(key, { symbol, session: bar.session, rows: [first.bar, bar] });
    else conflict.rows.push(bar);
    return true;
  }

  agreed(): { readonly symbol: string; readonly bar: DailyBar }[] {
    return Array.from(this.bars, ([key, entry]) => (this.disputed.has(key) ? [] : [entry])).flat();
  }

  conflicts(): readonly Conflict[] {
    return [...this.disputed.values()];
  }
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
  private readonly range: DateRange;
  private readonly rows = new KeyedBars();
  private left = 0;

  constructor(symbol: string, range: DateRange) {
    this.symbol = symbol;
    this.range = range;
  }

  /** Takes a page; true when it brought anything new. Throws `MalformedResponse`. */
  add(page: WireAggregates): boolean {
    requireWhole(page);
    if ((page.ticker ?? this.symbol) !== this.symbol) {
      throw new MalformedResponse(`asked for ${this.symbol}, the answer is for another ticker`);
    }
    let fresh = false;
    for (const row of page.results ?? []) {
      const session = exchangeDate(milliseconds(row.t));
      const inside = session >= this.range.from && session <= this.range.to;
      if (!inside) this.left += 1;
      else if (this.rows.add(this.symbol, toBar(row, session))) fresh = true;
    }
    return fresh;
  }

  result(): {
    readonly bars: readonly DailyBar[];
    readonly conflicts: readonly Conflict[];
    readonly outside: number;
  } {
    const bars = this.rows.agreed().map(({ bar }) => bar);
    bars.sort((a, b) => (a.session < b.session ? -1 : 1));
    return { bars, conflicts: this.rows.conflicts(), outside: this.left };
  }
}

/** The rows of one session of the whole market. There `t` ends the window: the instant before it lies in the session. */
export function parseMarketDay(session: SessionDate, answer: WireMarketDay) {
  requireWhole(answer);
  const keyed = new KeyedBars();
  let outside = 0;
  for (const row of answer.results ?? []) {
    const inside = exchangeDate(milliseconds(row.t) - 1) === session && row.otc !== true;
    if (inside) keyed.add(row.T, toBar(row, session));
    else outside += 1;
  }
  return { rows: keyed.agreed(), conflicts: keyed.conflicts(), outside };
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
