import { dateOfDayNumber, dayNumber, type DateRange } from '../../domain/date-range.ts';
import type { LoadError } from '../../domain/load-error.ts';
import { ratioBetween } from '../../domain/payment.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import { judgeBasis, type JudgedBasis, type PriceSplit } from '../../domain/split-basis.ts';
import type { SeriesAnswer } from '../../providers/provider.ts';
import { splitRecords } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import type { SeriesRequest } from '../../store/load-requests.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { closesAsTraded } from '../../store/split-prices.ts';
import { countingSplits, doubtfulRatios } from '../actions/counting-splits.ts';
import { knownCloses, lastCloses, rescale } from './known-closes.ts';

/** What the prices of an answer mean: up to which splits each row is adjusted. */
export interface Rebased {
  /** By the session's day, both since 1970-01-01; null: it cannot be told. */
  readonly basisOf: JudgedBasis['basisOf'];
  readonly toTraded: JudgedBasis['toTraded'];
  readonly error: LoadError | null;
  readonly events: readonly RunEvent[];
  /** All prices are so many times those stored, and nobody tells why; null: they are not. */
  readonly factor: number | null;
}

/**
 * Tells the split basis of an answer that a source has adjusted, by the splits that are known, the prices across their
 * ex-dates, prices as traded, and what is stored of the same sessions.
 */
export async function rebaseSeries(
  db: Database,
  { source, asked }: { readonly source: SourceName; readonly asked: SeriesRequest },
  answer: SeriesAnswer & { readonly splitBasis: SessionDate },
): Promise<Rebased> {
  const { splitBasis: observedOn, bars } = answer;
  const records = await splitRecords(db, asked.instrumentId);
  const splits = countingSplits(records);
  const place = { source, instrumentId: asked.instrumentId, interval: asked.interval };
  const closes = lastCloses(bars);
  const stored = await knownCloses(db, place, { closes, splits, records, observedOn });
  const traded = await tradedCloses(db, asked.instrumentId, closes);
  const judged = judgeBasis(bars, {
    splits,
    doubtful: doubtfulRatios(records, splits),
    observedOn,
    traded,
    stored: records.length === 0 ? new Map() : stored,
  });
  const mayBeAll = judged.isUntold || judged.unknown === closes.size;
  const isWhole = (day: number) => judged.basisOf(day) === dayNumber(observedOn);
  const ofStored = rescale(closes, stored, (day) => mayBeAll || isWhole(day));
  const factor = ofStored ?? rescale(closes, adjustedCloses(traded, splits, observedOn), isWhole);
  if (factor !== null) {
    const those = ofStored === null ? 'as they were traded' : 'those stored';
    const message = `all prices are ${factor.toPrecision(6)} times ${those}, and no split of that size is known`;
    const error: LoadError = { kind: 'SplitBasisUnknown', message };
    return {
      basisOf: () => null,
      toTraded: () => null,
      error,
      factor,
      events: [eventOf(asked.symbol, message, { factor, observedOn })],
    };
  }
  const { basisOf, toTraded } = judged;
  return { basisOf, toTraded, factor, ...told(asked.symbol, judged) };
}

/** The closes as traded of days that are to be compared, by day. */
export async function tradedCloses(
  db: Database,
  instrumentId: number,
  closes: ReadonlyMap<number, number>,
): Promise<ReadonlyMap<number, number>> {
  const days = [...closes.keys()];
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const range: DateRange = { from: dateOfDayNumber(first), to: dateOfDayNumber(last) };
  const traded = await closesAsTraded(db, instrumentId, range);
  return new Map(traded.map(({ session, close }) => [dayNumber(session), close]));
}

/** The same as a source that adjusts up to a date should give them. */
function adjustedCloses(
  traded: ReadonlyMap<number, number>,
  splits: readonly PriceSplit[],
  observedOn: SessionDate,
): ReadonlyMap<number, number> {
  const adjusted = (day: number, close: number) =>
    close / ratioBetween(splits, dateOfDayNumber(day), observedOn);
  return new Map([...traded].map(([day, close]) => [day, adjusted(day, close)]));
}

function told(symbol: string, { late, unknown: all, mixed }: JudgedBasis): Pick<Rebased, 'error' | 'events'> {
  const events = late.map((split) =>
    eventOf(symbol, `the split of ${split.exDate} is not in all prices yet`, split),
  );
  if (mixed > 0) {
    const message = `the prices of ${mixed} sessions have some splits in them and lack others: they are stored as traded`;
    events.push(eventOf(symbol, message, { sessions: mixed }));
  }
  const unknown = all - mixed;
  if (unknown === 0) return { error: null, events };
  const message = `of ${unknown} sessions it cannot be told which splits are in their prices: they are kept, and not served`;
  return {
    error: { kind: 'SplitBasisUnknown', message },
    events: [...events, eventOf(symbol, message, { sessions: unknown })],
  };
}

function eventOf(symbol: string, message: string, data: object): RunEvent {
  return { level: 'warn', symbol, message, data };
}
