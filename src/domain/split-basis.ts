import type { BarColumns } from './bar-columns.ts';
import { dayNumber } from './date-range.ts';
import type { SessionDate } from './session.ts';
import { lookalikes, optionsBySegment, type PastSplit } from './level-options.ts';
import { priceLevels, type LevelledSession } from './price-levels.ts';

/** A split as far as prices show it: shares afterwards per share before. */
export interface PriceSplit {
  readonly exDate: SessionDate;
  readonly ratio: number;
}

/** The basis of a row of which nobody can tell how far it is adjusted: kept as evidence, never served. */
export const unknownBasis: SessionDate = '9999-12-31';

/** Of an answer's bars, oldest first, what tells of splits; days since 1970-01-01. */
export type PricedDays = Pick<BarColumns, 'length' | 'day' | 'open' | 'close'>;

/** What is known beside an answer of the splits that may be in its prices. */
export interface BasisEvidence {
  /** The splits that count or may come to count. */
  readonly splits: readonly PriceSplit[];
  /** Ratios that are told and do not count: a source may have adjusted by them all the same. */
  readonly doubtful: readonly number[];
  /** The date of the answer: the splits up to it are to be in its prices. */
  readonly observedOn: SessionDate;
  /** Closes of the same sessions that are right: in the shares of their own day, from a source that does not adjust. */
  readonly traded: ReadonlyMap<number, number>;
  /** Closes of the same sessions as they would be adjusted up to `observedOn`. */
  readonly stored: ReadonlyMap<number, number>;
}

/** Up to which splits the rows of an answer are adjusted. */
export interface JudgedBasis {
  /** The basis of a session's row, both days since 1970-01-01; null: it cannot be told. */
  readonly basisOf: (day: number) => number | null;
  /**
   * What the prices of a session without a basis are to be multiplied by to be as traded: some splits are in them and others
   * are not, which right prices of the session show; null: nothing shows it.
   */
  readonly toTraded: (day: number) => number | null;
  /** Splits that had taken effect and are not in the prices of all rows before them. */
  readonly late: readonly PriceSplit[];
  /** Sessions whose basis cannot be told. */
  readonly unknown: number;
  /** Those of them of which it is known how they become as traded. */
  readonly mixed: number;
  /** Nobody tells of a split that may be in the prices. */
  readonly isUntold: boolean;
}

/** Sources adjust some sessions too early or too late: a step so many days from an ex-date may be its split. */
const nearDays = 22;
/** Two sources' closes of a session that are further apart, in logarithms, are not the same price. */
const farApart = Math.log(1.1);

/**
 * The split basis of each session of an answer: shown by right prices of the same session where there are any, else by
 * the steps from session to session, from the newest one back. What nothing shows is unknown.
 */
export function judgeBasis(bars: PricedDays, evidence: BasisEvidence): JudgedBasis {
  const { observedOn } = evidence;
  const first = bars.length > 0 ? (bars.day[0] ?? Infinity) : Infinity;
  const splits = evidence.splits.filter(({ exDate }) => dayNumber(exDate) > first);
  const observedDay = dayNumber(observedOn);
  const sessions = pricedSessionsOf(bars);
  if (splits.length === 0 && evidence.doubtful.length === 0)
    return withoutSplits(sessions, observedDay, evidence.traded);
  const past = splits
    .filter(({ exDate }) => exDate <= observedOn)
    .map(({ exDate, ratio }) => ({ exDay: dayNumber(exDate), size: Math.log(ratio), exDate, ratio }))
    .sort((a, b) => a.exDay - b.exDay);
  const alien = [...evidence.splits.map(({ ratio }) => ratio), ...evidence.doubtful].map(Math.log);
  const optionsOf = optionsBySegment(past, { observedDay, alien });
  const levels = priceLevels(sessions, {
    optionsOf,
    lookalikesOf: lookalikes(optionsOf, alien),
    isNear: (day) => evidence.splits.some(({ exDate }) => Math.abs(dayNumber(exDate) - day) <= nearDays),
    shown: (session) => shownLevel(session, evidence, past),
    newestIsWhole: (sessions.at(-1)?.day ?? -Infinity) >= (past.at(-1)?.exDay ?? -Infinity),
  });
  const levelOf = new Map(sessions.map(({ day }, at) => [day, levels[at] ?? null]));
  const late = past.filter(({ exDay }) => levels.some((level) => (level?.basis ?? Infinity) < exDay));
  const toTraded = (day: number) => (evidence.traded.has(day) ? (levelOf.get(day)?.toTraded ?? null) : null);
  return {
    basisOf: (day) => levelOf.get(day)?.basis ?? null,
    toTraded,
    late: late.map(({ exDate, ratio }) => ({ exDate, ratio })),
    unknown: levels.filter((level) => level?.basis == null).length,
    mixed: sessions.filter(({ day }) => toTraded(day) !== null).length,
    isUntold: false,
  };
}

/** Where nobody tells of a split, what is far from prices as traded may have one in it all the same. */
function withoutSplits(
  sessions: readonly LevelledSession[],
  observedDay: number,
  traded: ReadonlyMap<number, number>,
): JudgedBasis {
  const isFar = ({ day, close }: LevelledSession) =>
    Math.abs(Math.log(close / (traded.get(day) ?? close))) > farApart;
  const far = new Set(sessions.filter(isFar).map(({ day }) => day));
  return {
    basisOf: (day) => (far.has(day) ? null : observedDay),
    toTraded: () => null,
    late: [],
    unknown: far.size,
    mixed: 0,
    isUntold: true,
  };
}

/** One entry a session: of its bars the first open and the last close. */
export function pricedSessionsOf({ length, day, open, close }: PricedDays): readonly LevelledSession[] {
  const sessions: { day: number; open: number; close: number }[] = [];
  for (let row = 0; row < length; row += 1) {
    const last = sessions.at(-1);
    if (last !== undefined && last.day === day[row]) last.close = close[row] ?? NaN;
    else sessions.push({ day: day[row] ?? NaN, open: open[row] ?? NaN, close: close[row] ?? NaN });
  }
  return sessions;
}

/** How far the prices of a session are from what they are to be, in logarithms, as other prices of it show; null: none. */
function shownLevel(
  { day, close }: LevelledSession,
  { traded, stored }: BasisEvidence,
  past: readonly PastSplit[],
): number | null {
  const raw = traded.get(day);
  if (raw !== undefined) {
    const later = past.reduce((sum, { exDay, size }) => (exDay > day ? sum + size : sum), 0);
    return Math.log(close / raw) + later;
  }
  const known = stored.get(day);
  return known === undefined ? null : Math.log(close / known);
}
