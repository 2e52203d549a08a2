import { addDays, type DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { sameBearer, type ListedBearer } from './listed-bearer.ts';
import type { Spell } from './spells.ts';

/** What can be asked of the days between two lists. */
export interface BorderEvidence {
  /** The sessions of a range, in order. */
  readonly sessions: (range: DateRange) => readonly SessionDate[];
  /** The sessions of a range with a bar under a ticker, in order; null: that could not be asked. */
  readonly bars: (ticker: string, range: DateRange) => Promise<readonly SessionDate[] | null>;
  /** The first day under a ticker, where that was found out before and lies in the range. */
  readonly settled: (ticker: string, range: DateRange) => SettledBorder | null;
  /** Who bears a ticker on a day, null: nobody does; undefined: that could not be asked. */
  readonly bearer: (ticker: string, date: SessionDate) => Promise<ListedBearer | null | undefined>;
  /** Since when the instrument of a FIGI is said to bear a ticker: off by a day or by years, so it is only where to look first. */
  readonly told: (figi: string, ticker: string) => Promise<SessionDate | null>;
}

/** How a first or last day is known: as the lists beside it have it, by bars, or by asking for days between them. */
export type BorderSource = 'list' | 'bars' | 'lookup';

/** The first day under a ticker, and how it is known. */
export interface SettledBorder {
  readonly first: SessionDate;
  readonly by: BorderSource;
}

/** The first day of an instrument under its next ticker; or what shows that there may be two instruments. */
type RenameBorder = SettledBorder | { readonly first: null; readonly because: 'unknown' | 'overlap' | 'gap' };

const unknown: RenameBorder = { first: null, because: 'unknown' };

/** So many sessions without a bar between two tickers of one instrument are not more than a change takes. */
const longestGap = 5;

/** What is known of two spells besides. */
interface Rename {
  /** They are one instrument for certain: what contradicts that is another bearer of a ticker, that no list shows. */
  readonly isCertain: boolean;
  /** Whether others bore the ticker of a spell between the lists where it begins or ends. */
  readonly isOthersToo: (spell: Spell) => boolean;
}

/**
 * Finds the day on which an instrument took its next ticker. Bars say so where nobody else bore either ticker between the
 * lists; else days between them are asked for.
 */
export async function renameBorder(
  earlier: Spell,
  later: Spell,
  { isCertain, isOthersToo }: Rename,
  evidence: BorderEvidence,
): Promise<RenameBorder> {
  // Where one list lacks both, either may have been forgotten in it.
  const lacks = later.after !== null && later.after === earlier.before;
  const range = {
    from: addDays(lacks ? earlier.last : latest(earlier.last, later.after), 1),
    to: lacks ? later.first : earliest(later.first, earlier.before),
  };
  const days = evidence.sessions(range);
  const [day] = days;
  if (day === undefined) return { first: range.to, by: 'list' };
  if (days.length === 1) return { first: day, by: 'list' };
  const settled = evidence.settled(later.ticker, range);
  if (settled !== null) return settled;
  const found = isOthersToo(later)
    ? null
    : await byBars({ earlier, later, range, isReused: isOthersToo(earlier), isCertain }, evidence);
  if (found !== null && (found.first !== null || !isCertain)) return found;
  const { figi } = later.bearer;
  const hint = figi === null ? null : await evidence.told(figi, later.ticker);
  const first = await firstDay(days, hint, (date) => isBorneBy(later, date, evidence));
  return first === null ? unknown : { first, by: 'lookup' };
}

interface TwoTickers {
  readonly earlier: Spell;
  readonly later: Spell;
  readonly range: DateRange;
  readonly isReused: boolean;
  readonly isCertain: boolean;
}

/** Null: bars do not show it. */
async function byBars(
  { earlier, later, range, isReused, isCertain }: TwoTickers,
  { bars, sessions }: BorderEvidence,
): Promise<RenameBorder | null> {
  const [first] = (await bars(later.ticker, range)) ?? [];
  if (first === undefined) return null;
  if (isReused) return { first, by: 'bars' };
  const before = await bars(earlier.ticker, range);
  const last = before?.at(-1) ?? earlier.last;
  if (last >= first) return { first: null, because: 'overlap' };
  const between = sessions({ from: addDays(last, 1), to: addDays(first, -1) }).length;
  return before !== null && between > longestGap && !isCertain
    ? { first: null, because: 'gap' }
    : { first, by: 'bars' };
}

/** The last day of one instrument under a ticker and the first of the next; null: that could not be asked. */
export async function reuseBorder(
  earlier: Spell,
  later: Spell,
  evidence: BorderEvidence,
): Promise<{ readonly last: SessionDate; readonly first: SessionDate } | null> {
  const days = evidence.sessions({ from: addDays(earlier.last, 1), to: later.first });
  const gone = await firstDay(days, null, async (date) => {
    const isBorne = await isBorneBy(earlier, date, evidence);
    return isBorne === null ? null : !isBorne;
  });
  if (gone === null) return null;
  const rest = days.filter((date) => date >= gone);
  const first = await firstDay(rest, gone, (date) => isBorneBy(later, date, evidence));
  return first === null ? null : { last: addDays(gone, -1), first };
}

/** Whether it was the instrument of a spell that bore its ticker on a day; null: that could not be asked, or is left open. */
export async function isBorneBy(
  spell: Spell,
  date: SessionDate,
  { bearer }: BorderEvidence,
): Promise<boolean | null> {
  if (date >= spell.first && date <= spell.last) return true;
  const found = await bearer(spell.ticker, date);
  if (found === undefined) return null;
  const verdict = found === null ? 'other' : sameBearer(spell.bearer, found, () => true);
  return verdict === 'unclear' ? null : verdict === 'same';
}

/**
 * The first day of which something holds that holds from then on, and holds of the last one; looked for where the hint
 * says, then by halving. Null: a day could not be judged.
 */
async function firstDay(
  days: readonly SessionDate[],
  hint: SessionDate | null,
  holds: (date: SessionDate) => Promise<boolean | null>,
): Promise<SessionDate | null> {
  let low = 0;
  let high = days.length - 1;
  const hinted = hint === null ? -1 : days.findIndex((date) => date >= hint);
  const probes = [hinted, hinted - 1];
  while (low < high) {
    const probe = probes.shift() ?? -1;
    const at = probe >= low && probe < high ? probe : (low + high) >>> 1;
    const isSo = await holds(days[at] ?? '');
    if (isSo === null) return null;
    if (isSo) high = at;
    else low = at + 1;
  }
  return days[low] ?? null;
}

function latest(a: SessionDate, b: SessionDate | null): SessionDate {
  return b !== null && b > a ? b : a;
}

function earliest(a: SessionDate, b: SessionDate | null): SessionDate {
  return b !== null && b < a ? b : a;
}
