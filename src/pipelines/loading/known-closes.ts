import type { BarColumns } from '../../domain/bar-columns.ts';
import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { PriceSplit } from '../../domain/split-basis.ts';
import type { SplitRecord } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import { storedCloses, type StoredClose } from '../../store/split-basis.ts';

/** Sessions of an answer that are compared with what is stored, the last ones. */
const comparedSessions = 120;
/** So many of them tell whether all are scaled alike. */
const scaledSessions = 20;
const fewestTelling = 3;
/** All sessions scaled by the same factor, further from 1 than this, is a split that nobody has told of. */
const smallestRescale = Math.log(1.02);

/** The close of each session of bars, by day since 1970-01-01, oldest first. */
export function lastCloses({ day, close, length }: BarColumns): ReadonlyMap<number, number> {
  const closes = new Map<number, number>();
  // The last bar of a session closes it.
  for (let row = 0; row < length; row += 1) closes.set(day[row] ?? NaN, close[row] ?? NaN);
  return closes;
}

interface ComparedAnswer {
  readonly closes: ReadonlyMap<number, number>;
  /** Those that count or may come to count. */
  readonly splits: readonly PriceSplit[];
  readonly records: readonly SplitRecord[];
  readonly observedOn: SessionDate;
}

/** A stored session in the shares of the day of an answer; days since 1970-01-01. */
interface KnownSession {
  readonly day: number;
  readonly close: number;
  readonly volume: number;
}

interface SeriesPlace {
  readonly source: SourceName;
  readonly instrumentId: number;
  readonly interval: Interval;
}

/** What is stored of the last sessions of an answer, as it would be adjusted on the day of the answer; by day. */
export async function knownCloses(
  db: Database,
  place: SeriesPlace,
  answer: ComparedAnswer,
): Promise<ReadonlyMap<number, number>> {
  const last = { ...answer, days: [...answer.closes.keys()].slice(-comparedSessions) };
  return new Map((await knownPrices(db, place, last)).map(({ day, close }) => [day, close]));
}

/** The same of any days, with volumes: those of the last bar of each session. */
export async function knownPrices(
  db: Database,
  place: SeriesPlace,
  {
    days,
    splits,
    records,
    observedOn,
  }: Omit<ComparedAnswer, 'closes'> & { readonly days: readonly number[] },
): Promise<readonly KnownSession[]> {
  const stored = await storedCloses(db, { ...place, sessions: days.map(dateOfDayNumber) });
  // What was stored under a split that waits is only believed to have it in its prices.
  const waiting = records.filter(({ status }) => status !== 'effective');
  const isProven = ({ session, basis }: StoredClose) =>
    !waiting.some(({ exDate }) => exDate > session && exDate <= basis);
  return stored.filter(isProven).map(({ session, close, volume, basis }) => {
    const since = splits.filter(({ exDate }) => exDate > session && exDate > basis && exDate <= observedOn);
    const ratio = since.reduce((product, split) => product * split.ratio, 1);
    return { day: dayNumber(session), close: close / ratio, volume: volume * ratio };
  });
}

/** The one factor between an answer and what is known; null where there is none, or too little to tell. */
export function rescale(
  closes: ReadonlyMap<number, number>,
  known: ReadonlyMap<number, number>,
  counts: (day: number) => boolean,
): number | null {
  const last = [...known].slice(-scaledSessions);
  const factors = last.flatMap(([day, close]) => (counts(day) ? (closes.get(day) ?? NaN) / close : []));
  const [first] = factors;
  if (first === undefined || factors.length < fewestTelling) return null;
  const same = factors.every((factor) => Math.abs(factor / first - 1) < 1e-3);
  return same && Math.abs(Math.log(first)) > smallestRescale ? first : null;
}
