import { setImmediate } from 'node:timers/promises';
import { dateOfDayNumber, dayNumber, rangesMeet, type DateRange } from '../../domain/date-range.ts';
import { comparingRules, qualityRules, type QualityRule } from '../../domain/quality-rule.ts';
import { countSessions } from '../../domain/session-days.ts';
import { sourceNames, type SourceName } from '../../domain/source.ts';
import { judgeSeries } from '../../quality/judge-series.ts';
import { changeRules, changedBars } from '../../store/changed-bars.ts';
import { adjustedClose } from '../../quality/rules/adjusted-close.ts';
import { splitMisplaced } from '../../quality/rules/split-misplaced.ts';
import { effectiveSplits } from '../../store/bar-series.ts';
import type { Store } from '../../store/database.ts';
import {
  closeFindingsAcross,
  closeFindingsWithin,
  recordFindings,
  type Finding,
  type JudgedCells,
} from '../../store/findings.ts';
import { readMarketScores } from '../../store/market-scores.ts';
import { transaction, type Transaction } from '../../store/transaction.ts';
import { withoutVolume, unsettledDays } from '../../store/judged-cells.ts';
import { findingsOfChanges } from './changed-findings.ts';
import { adjustedFindings, paidOut } from './adjusted-findings.ts';
import { compareBatch } from './compare-batch.ts';
import { findingsOfBars } from './findings-of-bars.ts';
import { hearWitnesses } from './heard-witnesses.ts';
import { judgedBars } from './judged-bars.ts';
import { misplacedFindings } from './misplaced-findings.ts';
import { readAround } from './read-around.ts';

/** What the batches of a validation have in common. */
export interface ValidationWish {
  readonly runId: string;
  readonly range: DateRange;
  /** Null: all rules. */
  readonly checks: readonly QualityRule[] | null;
  /** All that is stored is judged: sessions as a whole, too. */
  readonly everything?: boolean;
  /** The instruments whose id leaves that, divided by twenty, are compared over their whole history; unset: none. */
  readonly twentieth?: number;
}

interface SourceBatch extends ValidationWish {
  readonly source: SourceName;
  readonly instrumentIds: readonly number[];
  readonly splits: Awaited<ReturnType<typeof effectiveSplits>>;
  /** The instruments whose volume says nothing. */
  readonly unmeasured: ReadonlySet<number>;
}

/**
 * Judges the daily bars of some instruments, of every source; what is found is recorded, and what is found no more is
 * closed. Returns how many bars were judged. Done again it changes nothing.
 */
export async function validateBatch(
  store: Store,
  wish: ValidationWish,
  instrumentIds: readonly number[],
): Promise<number> {
  const splits = await effectiveSplits(store.db, instrumentIds);
  const unmeasured = await withoutVolume(store.db, instrumentIds);
  let cells = 0;
  for (const source of sourceNames) {
    const batch = { ...wish, source, instrumentIds, splits, unmeasured };
    const judged = await judgeBatch(store, batch);
    await keepFindings(store, batch, await hearWitnesses(store.db, source, judged.findings));
    cells += judged.cells;
  }
  await compareBatch(store, wish, { instrumentIds, splits, unmeasured });
  return cells;
}

/** The rules of a wish. */
export function rulesOf({ checks }: Pick<ValidationWish, 'checks'>): readonly QualityRule[] {
  return checks ?? qualityRules;
}

async function judgeBatch(
  store: Store,
  { source, instrumentIds, range, checks, splits, unmeasured }: SourceBatch,
): Promise<{ readonly cells: number; readonly findings: readonly Finding[] }> {
  const { series, unsettled } = await transaction(store, async (tx) => ({
    series: await readAround(tx, { source, instrumentIds, range }),
    unsettled: await unsettledDays(tx, { instrumentIds, source, range }),
  }));
  const scores = await readMarketScores(store.db, source, range);
  const wish = {
    rules: rulesOf({ checks }),
    days: [dayNumber(range.from), dayNumber(range.to)],
    market: (day: number) => scores.get(day) ?? 0,
  } as const;
  const isAsked = (id: QualityRule) => wish.rules.includes(id);
  const payments = isAsked(adjustedClose.id) ? await paidOut(store.db, source, instrumentIds) : null;
  let cells = 0;
  const near = { source, instrumentIds, range };
  const findings: Finding[] = isAsked(splitMisplaced.id)
    ? [...(await misplacedFindings(store.db, near))]
    : [];
  for (const [instrumentId, stored] of series) {
    const hasVolume = !unmeasured.has(instrumentId);
    const bars = judgedBars(stored, { splits: splits.get(instrumentId) ?? [], hasVolume });
    const moves = unsettled.get(instrumentId) ?? new Set();
    const judged = judgeSeries(bars.series, wish).filter(
      ({ rule, day }) => rule !== 'volume' || !moves.has(dateOfDayNumber(day)),
    );
    findings.push(...findingsOfBars({ instrumentId, source }, bars, judged));
    const paid = payments?.get(instrumentId);
    if (paid !== undefined) findings.push(...adjustedFindings({ instrumentId, source, range, bars, paid }));
    cells += countSessions(stored.day, ...wish.days);
    // Twenty years take a tenth of a second: others have their turn between two.
    await setImmediate();
  }
  return { cells, findings };
}

async function keepFindings(
  store: Store,
  { runId, source, instrumentIds, range, checks }: SourceBatch,
  findings: readonly Finding[],
): Promise<void> {
  await transaction(store, async (tx) => {
    await recordFindings(tx, runId, findings);
    const asked = rulesOf({ checks });
    const among = { instrumentIds, source, range };
    const rules = asked.filter((rule) => ![...comparingRules, ...changeRules].includes(rule));
    await closeFindingsWithin(tx, runId, { ...among, rules }, findings);
    const ofChanges = changeRules.filter((rule) => asked.includes(rule));
    // Once all else is told of: what a finding is of already needs no second one.
    if (ofChanges.length > 0) await keepChanges(tx, runId, { ...among, rules: ofChanges });
  });
}

/** Keeps what is told of settled bars that have changed or gone, of sessions running that reach into the range. */
async function keepChanges(
  tx: Transaction,
  runId: string,
  among: JudgedCells & { readonly source: SourceName; readonly rules: readonly QualityRule[] },
): Promise<void> {
  const { source, range, rules } = among;
  const changed = await changedBars(tx, among);
  const told = findingsOfChanges(source, changed, rules).filter((one) => rangesMeet(one.range, range));
  await recordFindings(tx, runId, told);
  await closeFindingsAcross(tx, runId, among, told);
}
