import { addDays, type DateRange } from './date-range.ts';
import { extrasLackFrom, type ExtraState } from './extra-freshness.ts';
import type { SessionDate } from './session.ts';

/** Before every session. */
export const always: SessionDate = '0001-01-01';
/** After every session. */
export const never: SessionDate = '9999-12-31';

/** A split as far as it is in prices: shares afterwards per share before. */
export interface EffectiveSplit {
  readonly exDate: SessionDate;
  readonly ratio: number;
  /** Only some sources have it in their prices; nobody's split-adjusted reading does. */
  readonly spinOff: boolean;
}

/** A checksum of a series up to a date: equal ones are the same bars, in the same shares, with the same holes. */
export interface SeriesDigest {
  readonly bars: number;
  /** Of when each bar was observed. */
  readonly observedSum: number;
  /** Of how far the prices of each bar are adjusted. */
  readonly basisSum: number;
  /** Of the fields of its bars that are known to be wrong. */
  readonly blockedSum: number;
  /** Sessions that are known to have no bar. */
  readonly absences: number;
  /** Sessions from the first bar on. */
  readonly expected: number;
}

/** What the stored rows of a series were computed from. */
export interface IndicatorState {
  readonly digest: SeriesDigest;
  readonly parametersVersion: string;
  /** From its first date through its last every session has its row; no row is later. */
  readonly computed: DateRange;
  /** One a row of the series, a hole included. */
  readonly signs: Int32Array;
  /** The splits that were known, as `splitsText` writes them. */
  readonly splits: string;
  /** Sessions without a bar, and the first of them. */
  readonly missing: number;
  readonly firstMissing: SessionDate | null;
  /** Null: no row ever had extras. */
  readonly extra: ExtraState | null;
}

/** The rows that a run is to have: it writes those of the window, and again what is stored and due. */
export interface IndicatorWish {
  readonly window: DateRange;
  /** Compute the window again, whatever is known of it. */
  readonly again: boolean;
  readonly parametersVersion: string;
  /** Of the extras that the rows are to have; null: none. */
  readonly extraVersion: string | null;
}

/** Splits in a form that can be compared. */
export function splitsText(splits: readonly EffectiveSplit[]): string {
  return splits.map(({ exDate, ratio, spinOff }) => `${exDate}${spinOff ? '~' : ':'}${ratio}`).join(' ');
}

/** The last split that a split-adjusted price has in it. */
export function lastSplit(splits: readonly EffectiveSplit[]): SessionDate | null {
  return splits.findLast(({ spinOff }) => !spinOff)?.exDate ?? null;
}

/**
 * The date from which splits that were not known make rows due: later ones than all known leave the rows before them
 * right, since those are read in other shares; any other change makes every row due. `never` for none.
 */
function dueForSplits(state: IndicatorState, splits: readonly EffectiveSplit[]): SessionDate {
  const known = state.splits.split(' ').filter((text) => text.includes(':'));
  const now = splits.filter(({ spinOff }) => !spinOff);
  const kept = splitsText(now.slice(0, known.length)) === known.join(' ');
  return kept ? (now[known.length]?.exDate ?? never) : always;
}

function sameDigest(a: SeriesDigest, b: SeriesDigest): boolean {
  return (
    a.bars === b.bars &&
    a.observedSum === b.observedSum &&
    a.basisSum === b.basisSum &&
    a.blockedSum === b.blockedSum &&
    a.absences === b.absences &&
    a.expected === b.expected
  );
}

/** True when the rows of the window are there, as far as the bars have not changed. */
export function coversWish(
  state: IndicatorState,
  { window, again, parametersVersion, extraVersion }: IndicatorWish,
): boolean {
  const { from, to } = state.computed;
  if (again || state.parametersVersion !== parametersVersion) return false;
  if (from > window.from || to < window.to) return false;
  return extraVersion === null || extrasLackFrom(state.extra, extraVersion, to) === null;
}

/** True when nothing is due for certain: `digest` is what the series up to the last computed date has now. */
export function isFresh(
  state: IndicatorState,
  wish: IndicatorWish,
  now: { readonly digest: SeriesDigest; readonly splits: readonly EffectiveSplit[] },
): boolean {
  const sameSplits = state.splits === splitsText(now.splits);
  return coversWish(state, wish) && sameSplits && sameDigest(state.digest, now.digest);
}

/** The rows of a series as far as freshness goes: the sign of a row changes with its prices, those as traded. */
export interface SignedSeries {
  readonly sessions: readonly SessionDate[];
  readonly signs: Int32Array;
}

/** The date from which stored rows are due for a change of the series before; `never` for none. `known` are the old signs. */
function changedFrom(known: Int32Array, { sessions, signs }: SignedSeries): SessionDate {
  const length = Math.min(known.length, signs.length);
  let at = 0;
  while (at < length && known[at] === signs[at]) at += 1;
  if (at === known.length) return never;
  const before = sessions[at - 1];
  // A row that is gone lay between its neighbours.
  return before === undefined ? always : addDays(before, 1);
}

/** The date from which stored rows are due; `never` for none. Rows after the last computed date are due in any case. */
export function staleFrom(
  state: IndicatorState,
  { parametersVersion, extraVersion }: Pick<IndicatorWish, 'parametersVersion' | 'extraVersion'>,
  now: { readonly splits: readonly EffectiveSplit[]; readonly series: SignedSeries },
): SessionDate {
  if (state.parametersVersion !== parametersVersion) return always;
  const fromSplit = dueForSplits(state, now.splits);
  const fromBar = changedFrom(state.signs, now.series);
  const extras = extraVersion === null ? null : extrasLackFrom(state.extra, extraVersion, state.computed.to);
  return [fromSplit, fromBar, extras ?? never].reduce((first, date) => (date < first ? date : first));
}
