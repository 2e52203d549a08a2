import { judgeBasis, type JudgedBasis, type PriceSplit } from '../../domain/split-basis.ts';
import type { BarColumns } from '../../domain/bar-columns.ts';
import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SeriesAnswer } from '../../providers/provider.ts';
import { splitsOf } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { storedCloses } from '../../store/split-basis.ts';
import type { SourceName } from '../../domain/source.ts';

/** What the prices of an answer mean: up to which splits each row is adjusted. */
export interface Rebased {
  /** By the session's day, both since 1970-01-01; null: the row's prices cannot be told, and are left out. */
  readonly basisOf: JudgedBasis['basisOf'];
  readonly error: LoadError | null;
  readonly events: readonly RunEvent[];
}

/** Sessions that are compared with what is stored. */
const comparedSessions = 20;
const fewestTelling = 3;
/** All sessions scaled by the same factor, further from 1 than this, is a split that nobody has told of. */
const smallestRescale = Math.log(1.1);

/**
 * Tells the split basis of an answer that a source has adjusted, by the splits that are known, the prices across their
 * ex-dates, and what is stored of the same sessions.
 */
export async function rebaseSeries(
  db: Database,
  { source, asked }: { readonly source: SourceName; readonly asked: SeriesRequest },
  answer: SeriesAnswer & { readonly splitBasis: SessionDate },
): Promise<Rebased> {
  const { splitBasis: basis, bars, actions = [] } = answer;
  const listed = actions.flatMap(({ exDate, ratio }) => (ratio === null ? [] : { exDate, ratio }));
  const known = await splitsOf(db, asked.instrumentId);
  const judged = judgeBasis(bars, distinct([...known, ...listed]), basis);
  const factor = await rescale(db, { source, asked }, answer, judged.basisOf);
  if (factor !== null) {
    const message = `all prices are ${factor.toPrecision(6)} times those stored, and no split of that size is known`;
    const error: LoadError = { kind: 'SplitBasisUnknown', message };
    return { basisOf: () => null, error, events: [eventOf(asked.symbol, message, { factor })] };
  }
  const twice = judged.twice.map((split) =>
    eventOf(
      asked.symbol,
      `the split of ${split.exDate} is in the prices twice: what lies before is left out`,
      split,
    ),
  );
  const late = judged.late.map((split) =>
    eventOf(asked.symbol, `the split of ${split.exDate} is not in the prices yet`, split),
  );
  const error: LoadError | null =
    judged.twice.length === 0
      ? null
      : {
          kind: 'SplitAppliedTwice',
          message: 'a split is in the prices twice; what lies before is left out',
        };
  return { basisOf: judged.basisOf, error, events: [...twice, ...late] };
}

function eventOf(symbol: string, message: string, data: object): RunEvent {
  return { level: 'warn', symbol, message, data };
}

function distinct(splits: readonly PriceSplit[]): readonly PriceSplit[] {
  return [...new Map(splits.map((split) => [split.exDate, split])).values()];
}

/** The one factor between an answer and what is stored; null where there is none, or too little to tell. */
async function rescale(
  db: Database,
  { source, asked }: { readonly source: SourceName; readonly asked: SeriesRequest },
  { bars, splitBasis: basis }: SeriesAnswer & { readonly splitBasis: SessionDate },
  basisOf: JudgedBasis['basisOf'],
): Promise<number | null> {
  const closes = lastCloses(bars, (day) => basisOf(day) === dayNumber(basis));
  if (closes.size < fewestTelling) return null;
  const { instrumentId, interval } = asked;
  const sessions = [...closes.keys()];
  const stored = await storedCloses(db, { instrumentId, source, interval, sessions, basis });
  const factors = stored.map(({ session, close }) => (closes.get(session) ?? NaN) / close);
  const [first] = factors;
  if (first === undefined || factors.length < fewestTelling) return null;
  const same = factors.every((factor) => Math.abs(factor / first - 1) < 1e-3);
  return same && Math.abs(Math.log(first)) > smallestRescale ? first : null;
}

/** The closes of the last sessions that count, oldest first: those that are compared, and one more. */
function lastCloses(
  { day, close, length }: BarColumns,
  counts: (day: number) => boolean,
): ReadonlyMap<SessionDate, number> {
  const newestFirst: [SessionDate, number][] = [];
  let taken = NaN;
  for (let row = length - 1; row >= 0 && newestFirst.length <= comparedSessions; row -= 1) {
    const session = day[row] ?? NaN;
    // The last bar of a session closes it.
    if (session === taken || !counts(session)) continue;
    taken = session;
    newestFirst.push([dateOfDayNumber(session), close[row] ?? NaN]);
  }
  return new Map(newestFirst.reverse());
}
