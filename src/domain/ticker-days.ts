import { addDays } from './date-range.ts';
import type { SessionDate } from './session.ts';
import type { TickerTerm } from './ticker-term.ts';

/** That an instrument bore a ticker from one day to another, both included; `to` null: to this day. */
export interface BorneTicker extends Pick<TickerTerm, 'instrumentId' | 'ticker' | 'from' | 'to'> {
  /** The last day before on which somebody bore the ticker who has been gone since before all lists; null: nobody did. */
  readonly goneBefore: SessionDate | null;
}

/** What a source's lists tell of who bore which ticker. */
export interface KnownTickers {
  /** All that is known of some instruments, and of every other bearer of a ticker of theirs. */
  readonly terms: readonly BorneTicker[];
  /** The day of the first list: before it nobody is known to have borne anything. Null: there is none. */
  readonly since: SessionDate | null;
  /** Instruments that bore their ticker of today on all days that are asked about. */
  readonly throughout: ReadonlySet<number>;
}

/** Of a source that calls instruments by the tickers of today. */
export const undated: KnownTickers = { terms: [], since: null, throughout: new Set() };

/** Whose tickers are asked for. */
export interface TickerBearer {
  readonly instrumentId: number;
  /** That of today, or its last one. */
  readonly symbol: string;
  readonly delistedOn: SessionDate | null;
}

/** Days on which what is told under a ticker is an instrument's own, both included. */
export interface TickerDays {
  /** Null: the ticker of today, since nothing else is known of the instrument. */
  readonly ticker: string | null;
  /** Null: as long as there is anything. */
  readonly from: SessionDate | null;
  /** Null: to this day. */
  readonly to: SessionDate | null;
}

const always: readonly TickerDays[] = [{ ticker: null, from: null, to: null }];

/**
 * The days on which instruments can be asked for under each of their tickers, oldest first; on the others a ticker is
 * somebody else's, or it is not known whose.
 */
export function tickerDays({
  terms,
  since,
  throughout,
}: KnownTickers): (bearer: TickerBearer) => readonly TickerDays[] {
  const inOrder = terms.toSorted(byDate);
  const byInstrument = Map.groupBy(inOrder, ({ instrumentId }) => instrumentId);
  const byTicker = Map.groupBy(inOrder, ({ ticker }) => ticker);
  const bearersOf = (ticker: string) => byTicker.get(ticker) ?? [];
  // Where no list is older an instrument may have borne its first ticker long before.
  const firstDay = (term: BorneTicker) =>
    (since === null || term.from <= since) && byInstrument.get(term.instrumentId)?.[0] === term
      ? firstFreeDay(term, bearersOf(term.ticker))
      : term.from;
  return ({ instrumentId, symbol, delistedOn }) => {
    if (throughout.has(instrumentId)) return [{ ticker: symbol, from: null, to: null }];
    const own = byInstrument.get(instrumentId);
    if (own !== undefined)
      return own.map((term) => ({ ticker: term.ticker, from: firstDay(term), to: term.to }));
    const others = bearersOf(symbol).map((term) => ({ from: firstDay(term), to: term.to }));
    if (others.length === 0) return always;
    // Who was gone before today and is not known to lists was there before them, or is somebody else under an earlier ticker.
    const isUnlisted = delistedOn !== null && since !== null && delistedOn >= since;
    return freeDays(others, isUnlisted ? addDays(since, -1) : delistedOn);
  };
}

/** Since when nobody else is known to have borne the ticker of a term; null: nobody ever did. */
function firstFreeDay(
  { from, goneBefore }: BorneTicker,
  bearers: readonly BorneTicker[],
): SessionDate | null {
  const before = bearers.findLast((one) => one.from < from)?.to ?? null;
  const last = before === null || (goneBefore !== null && goneBefore > before) ? goneBefore : before;
  return last === null ? null : addDays(last, 1);
}

/** When none of others had a ticker, up to a day; they are in order. */
function freeDays(
  others: readonly Omit<TickerDays, 'ticker'>[],
  last: SessionDate | null,
): readonly TickerDays[] {
  const free: TickerDays[] = [];
  let from: SessionDate | null = null;
  for (const other of others) {
    const to = other.from === null ? null : addDays(other.from, -1);
    if (to !== null && (from === null || from <= to)) free.push({ ticker: null, from, to });
    if (other.to === null) return upTo(free, last);
    from = addDays(other.to, 1);
  }
  return upTo([...free, { ticker: null, from, to: null }], last);
}

function upTo(days: readonly TickerDays[], last: SessionDate | null): readonly TickerDays[] {
  if (last === null) return days;
  return days
    .filter(({ from }) => from === null || from <= last)
    .map(({ to, ...rest }) => ({ ...rest, to: to === null || to > last ? last : to }));
}

function byDate(a: BorneTicker, b: BorneTicker): number {
  return a.from < b.from ? -1 : a.from > b.from ? 1 : 0;
}
