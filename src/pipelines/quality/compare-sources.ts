import { setImmediate } from 'node:timers/promises';
import { splitFactors } from '../../domain/adjustment.ts';
import { addDays, dateOfDayNumber, rangesMeet, type DateRange } from '../../domain/date-range.ts';
import type { EffectiveSplit } from '../../domain/indicator-freshness.ts';
import type { SourceName } from '../../domain/source.ts';
import { alignSeries } from '../../quality/align-series.ts';
import type { JudgedSeries } from '../../quality/judged-series.ts';
import { reconcileSeries } from '../../quality/reconcile-series.ts';
import type { StoredSeries } from '../../store/bar-series.ts';
import type { Database, Store } from '../../store/database.ts';
import { unsettledDays } from '../../store/judged-cells.ts';
import type { MonthAgreement } from '../../store/source-agreement.ts';
import { transaction, type Transaction } from '../../store/transaction.ts';
import type { RunFinding } from './continue-runs.ts';
import { countMonths, wholeMonths } from './count-months.ts';
import { differenceFinding } from './difference-finding.ts';
import { readWithin } from './read-around.ts';

/** Which instruments of two sources are compared, over which sessions. */
export interface ComparisonWish {
  readonly sources: readonly [own: SourceName, other: SourceName];
  readonly instrumentIds: readonly number[];
  readonly range: DateRange;
  readonly splits: ReadonlyMap<number, readonly EffectiveSplit[]>;
  /** The instruments whose volume says nothing. */
  readonly unmeasured: ReadonlySet<number>;
}

/** What two sources tell otherwise in a range, and how many cells of its months they tell alike. */
export interface Comparison {
  readonly findings: readonly RunFinding[];
  readonly agreement: readonly MonthAgreement[];
}

/** Calendar days before and after in which the usual ratio of volumes shows, and where a run begins. */
const reachDays = 120;

/** Compares the settled daily bars that both sources have, each as traded in the shares of its session. */
export async function compareSources(store: Store, wish: ComparisonWish): Promise<Comparison> {
  const [ownName, otherName] = wish.sources;
  const months = wholeMonths(wish.range);
  const read = await transaction(store, async (tx) => {
    const other = await readSource(tx, wish, otherName);
    // Most symbols are of one source alone: what has no bar beside it need not be read.
    const both = { ...wish, instrumentIds: [...other.keys()] };
    const own = await readSource(tx, both, ownName);
    const moving = [await movingDays(tx, both, ownName), await movingDays(tx, both, otherName)];
    return { own, other, moving };
  });
  const findings: RunFinding[] = [];
  const agreement: MonthAgreement[] = [];
  for (const [instrumentId, stored] of read.own) {
    const beside = read.other.get(instrumentId);
    if (beside === undefined) continue;
    const splits = wish.splits.get(instrumentId) ?? [];
    const hasVolume = !wish.unmeasured.has(instrumentId);
    const [own, other] = [asTraded(stored, splits, hasVolume), asTraded(beside, splits, hasVolume)];
    const moves = read.moving.flatMap((days) => days.get(instrumentId) ?? []);
    const isSettled = (day: number) =>
      moves.length === 0 || !moves.some((days) => days.has(dateOfDayNumber(day)));
    const { cells, differences } = reconcileSeries(alignSeries(own, other, { isSettled }));
    agreement.push(...countMonths({ instrumentId, sources: wish.sources }, cells, months));
    const whose = { instrumentId, source: ownName, other: otherName };
    const told = differences.map((one) => differenceFinding(whose, own, one));
    findings.push(...told.filter(({ range }) => rangesMeet(range, wish.range)));
    // Twenty years take their time: others have their turn between two.
    await setImmediate();
  }
  return { findings, agreement };
}

async function readSource(
  tx: Transaction,
  { instrumentIds, range }: ComparisonWish,
  source: SourceName,
): Promise<ReadonlyMap<number, StoredSeries>> {
  if (instrumentIds.length === 0) return new Map();
  return readWithin(tx, { source, instrumentIds, range: wholeMonths(range) }, reachDays);
}

function movingDays(db: Database, { instrumentIds, range }: ComparisonWish, source: SourceName) {
  const { from, to } = wholeMonths(range);
  const span = { from: addDays(from, -reachDays), to: addDays(to, reachDays) };
  return unsettledDays(db, { instrumentIds, source, range: span });
}

/** Stored bars in the shares of their own sessions: in one basis, whichever splits each source has in its prices. */
function asTraded(bars: StoredSeries, splits: readonly EffectiveSplit[], hasVolume: boolean): JudgedSeries {
  const own = splitFactors(splits, bars)?.own;
  const price = (column: Float64Array) =>
    own === undefined ? column : column.map((value, row) => value * (own[row] ?? 1));
  const { day, open, high, low, close, volume } = bars;
  return {
    ...{ day, open: price(open), high: price(high), low: price(low), close: price(close) },
    volume: own === undefined ? volume : volume.map((shares, row) => shares / (own[row] ?? 1)),
    ...{ hasVolume, sessions: null },
  };
}
