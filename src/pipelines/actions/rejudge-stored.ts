import { addDays, dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sources, sourcesWith, type SourceName } from '../../domain/source.ts';
import { ratioBetween } from '../../domain/payment.ts';
import { judgeBasis, unknownBasis, type PriceSplit } from '../../domain/split-basis.ts';
import { isSameSplit } from '../../domain/split-events.ts';
import type { PricedSession } from '../../domain/traded-steps.ts';
import { splitRecords } from '../../store/corporate-actions.ts';
import { doubtOtherAnswers, markBasis } from '../../store/split-basis.ts';
import {
  closesAsTraded,
  splitWindowDays,
  storedSessions,
  type StoredSession,
} from '../../store/split-prices.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { AnsweredSeries } from './action-contexts.ts';
import { countingSplits, doubtfulRatios } from './counting-splits.ts';

/** A split that counts from now on, of one instrument. */
export interface LearntSplit extends PriceSplit {
  readonly instrumentId: number;
}

/**
 * Rows that were stored before their split was known are taken to have it in their prices: what shows that they have not,
 * by right prices or by their own steps, gives them the basis before it, and what nothing shows makes them unknown.
 */
export async function rejudgeStored(
  tx: Transaction,
  split: LearntSplit,
  { today, answered }: { readonly today: SessionDate; readonly answered: AnsweredSeries | null },
): Promise<void> {
  const records = await splitRecords(tx, split.instrumentId);
  const others = countingSplits(records).filter((one) => !isSameSplit(one, split));
  const doubtful = doubtfulRatios(records, [split]);
  for (const source of sourcesWith(({ prices }) => prices === 'split_adjusted')) {
    const intervals = Object.keys(sources[source].intervals) as Interval[];
    for (const interval of intervals) {
      const isOwn =
        answered?.source === source && answered.instrumentId === split.instrumentId && interval === '1d';
      const fresh = isOwn ? answered.sessions() : [];
      await rejudgeSeries(tx, split, { source, interval, today, others, doubtful, fresh });
    }
  }
}

interface Beside {
  readonly today: SessionDate;
  /** The other splits that count: they are in a row as far as its basis says. */
  readonly others: readonly PriceSplit[];
  /** Other ratios that are told of the instrument. */
  readonly doubtful: readonly number[];
  /** Of an answer that is not stored yet. */
  readonly fresh: readonly PricedSession[];
}

interface RejudgedSeries extends Beside {
  readonly source: SourceName;
  readonly interval: Interval;
}

async function rejudgeSeries(
  tx: Transaction,
  split: LearntSplit,
  { source, interval, ...beside }: RejudgedSeries,
): Promise<void> {
  const { instrumentId, exDate } = split;
  const range = { from: addDays(exDate, -splitWindowDays), to: addDays(exDate, splitWindowDays) };
  const stored = await storedSessions(tx, { instrumentId, source, interval, range });
  const believed = stored.filter(({ session, basis }) => session >= exDate || basis >= exDate);
  const [oldest] = believed;
  if (oldest === undefined || oldest.session >= exDate) return;
  const traded = await closesAsTraded(tx, instrumentId, range);
  const basisOf = judged(believed, split, { ...beside, traded });
  const series = { instrumentId, source, interval, exDate };
  const found = Map.groupBy(believed, ({ session }) => basisOf(session));
  const first = basisOf(oldest.session);
  await doubtOtherAnswers(tx, series, oldest.session);
  for (const [basis, sessions] of found) {
    if (basis !== unknownBasis && basis >= exDate) continue;
    const marked = sessions.map(({ session }) => session);
    // What came with the oldest that was looked at, and is older, is as that.
    await markBasis(
      tx,
      { ...series, sessions: marked, before: basis === first ? oldest.session : null },
      basis,
    );
  }
}

/** All prices as they would be today by the other splits, so that what is left is whether this one is in them. */
function judged(
  believed: readonly StoredSession[],
  { exDate, ratio }: LearntSplit,
  {
    fresh,
    today,
    others,
    doubtful,
    traded,
  }: Beside & { readonly traded: readonly Pick<PricedSession, 'session' | 'close'>[] },
): (session: SessionDate) => SessionDate {
  const sinceThen = (day: SessionDate) => ratioBetween(others, day, today);
  const stored = believed.map((one) => dividedBy(sinceThen(one.basis), one));
  const bySession = new Map([...fresh, ...stored].map((one) => [one.session, one]));
  const sessions = [...bySession.values()].sort((a, b) => (a.session < b.session ? -1 : 1));
  const bars = {
    length: sessions.length,
    day: Int32Array.from(sessions, ({ session }) => dayNumber(session)),
    open: Float64Array.from(sessions, ({ open }) => open),
    close: Float64Array.from(sessions, ({ close }) => close),
  };
  const { basisOf } = judgeBasis(bars, {
    splits: [{ exDate, ratio }],
    doubtful,
    observedOn: today,
    traded: new Map(traded.map(({ session, close }) => [dayNumber(session), close / sinceThen(session)])),
    stored: new Map(),
  });
  return (session) => {
    const basis = basisOf(dayNumber(session));
    return basis === null ? unknownBasis : dateOfDayNumber(basis);
  };
}

function dividedBy(ratio: number, { session, open, close }: PricedSession): PricedSession {
  return { session, open: open / ratio, close: close / ratio };
}
