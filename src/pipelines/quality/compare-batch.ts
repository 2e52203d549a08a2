import type { DateRange } from '../../domain/date-range.ts';
import { comparingRules, type QualityRule } from '../../domain/quality-rule.ts';
import { firstKnown } from '../../domain/session.ts';
import { sourceNames, type SourceName } from '../../domain/source.ts';
import type { Store } from '../../store/database.ts';
import { closeFindingsAcross, recordFindings } from '../../store/findings.ts';
import { writeAgreement } from '../../store/source-agreement.ts';
import { transaction } from '../../store/transaction.ts';
import { continueRuns } from './continue-runs.ts';
import { compareSources, type ComparisonWish } from './compare-sources.ts';
import { wholeMonths } from './count-months.ts';

/** What is compared for which run. */
interface ComparedRange {
  readonly runId: string;
  readonly range: DateRange;
  readonly checks: readonly QualityRule[] | null;
  readonly twentieth?: number;
}

const allOfHistory = 20;

/** Compares each source with each other: some instruments in the range of a wish, those whose turn it is in all of their history. */
export async function compareBatch(
  store: Store,
  { runId, range, checks, twentieth }: ComparedRange,
  batch: Pick<ComparisonWish, 'instrumentIds' | 'splits' | 'unmeasured'>,
): Promise<void> {
  const rules = comparingRules.filter((rule) => checks?.includes(rule) ?? true);
  if (rules.length === 0) return;
  const isWhole = (id: number) => id % allOfHistory === twentieth;
  const whole = batch.instrumentIds.filter(isWhole);
  const others = batch.instrumentIds.filter((id) => !isWhole(id));
  for (const sources of pairs) {
    await keepComparison(store, { runId, rules }, { ...batch, sources, range, instrumentIds: others });
    const history = { from: firstKnown, to: range.to };
    await keepComparison(
      store,
      { runId, rules },
      { ...batch, sources, range: history, instrumentIds: whole },
    );
  }
}

const pairs = sourceNames.flatMap((own, at) =>
  sourceNames.slice(at + 1).map((other): readonly [SourceName, SourceName] => [own, other]),
);

async function keepComparison(
  store: Store,
  { runId, rules }: { readonly runId: string; readonly rules: readonly string[] },
  wish: ComparisonWish,
): Promise<void> {
  const { instrumentIds, sources, range } = wish;
  if (instrumentIds.length === 0) return;
  const { findings, agreement } = await compareSources(store, wish);
  const wished = findings.filter(({ rule }) => rules.includes(rule));
  await transaction(store, async (tx) => {
    const found = await continueRuns(tx, { source: sources[0], rules }, wished);
    await recordFindings(tx, runId, found);
    await closeFindingsAcross(tx, runId, { rules, instrumentIds, source: sources[0], range }, found);
    await writeAgreement(tx, runId, { instrumentIds, sources, months: wholeMonths(range) }, agreement);
  });
}
