import { actionRules, type Verdict } from '../../domain/judged-action.ts';
import { reconcileActions } from '../../domain/reconcile-actions.ts';
import { sourcesWith } from '../../domain/source.ts';
import { splitEvidence } from '../../domain/split-basis.ts';
import {
  lockActions,
  recordAmounts,
  recordVerdicts,
  storedActions,
  type StoredAction,
} from '../../store/corporate-actions.ts';
import { closeFindings, recordFindings, type Finding } from '../../store/findings.ts';
import { barsAround, markUnadjusted } from '../../store/split-basis.ts';
import type { Transaction } from '../../store/transaction.ts';
import { actionContexts } from './action-contexts.ts';

/**
 * Decides which records of corporate actions count, for instruments of which anything is new. `asOf` (ISO 8601) says
 * which ex-dates have come.
 */
export async function reconcile(
  tx: Transaction,
  { runId, asOf }: { readonly runId: string; readonly asOf: string },
  instrumentIds: readonly number[],
): Promise<void> {
  if (instrumentIds.length === 0) return;
  await lockActions(tx, instrumentIds);
  const actions = await storedActions(tx, instrumentIds);
  const contextOf = await actionContexts(tx, asOf, instrumentIds);
  const judged = [...Map.groupBy(actions, ({ instrumentId }) => instrumentId)].map(([instrumentId, own]) => ({
    instrumentId,
    ...reconcileActions(own, contextOf(instrumentId)),
  }));
  const verdicts = judged.flatMap((one) => one.verdicts);
  await recordVerdicts(tx, verdicts);
  await recordAmounts(
    tx,
    judged.flatMap(({ amounts }) => amounts),
  );
  await rejudgeStored(tx, actions, verdicts);
  const found = judged.flatMap(findingsOf);
  await recordFindings(tx, runId, found);
  await closeFindings(tx, { rules: actionRules, instrumentIds }, found);
}

function findingsOf({
  instrumentId,
  disagreements,
}: { readonly instrumentId: number } & Pick<
  ReturnType<typeof reconcileActions>,
  'disagreements'
>): readonly Finding[] {
  return disagreements.map(({ rule, exDate, evidence }) => {
    const range = { from: exDate, to: exDate };
    return { rule, severity: 'warn', instrumentId, source: null, interval: null, range, evidence };
  });
}

/** Rows that were stored before their split was known say by their prices whether it is in them. */
async function rejudgeStored(
  tx: Transaction,
  actions: readonly StoredAction[],
  verdicts: readonly Verdict[],
): Promise<void> {
  const counted = new Set(verdicts.flatMap(({ id, status }) => (status === 'effective' ? id : [])));
  const adjusting = sourcesWith(({ prices }) => prices === 'split_adjusted');
  for (const { id, instrumentId, exDate, ratio, status } of actions) {
    if (ratio === null || status === 'effective' || !counted.has(id)) continue;
    for (const source of adjusting) {
      const place = { instrumentId, source, exDate };
      const bars = await barsAround(tx, { ...place, date: exDate, basisFrom: exDate });
      if (splitEvidence(bars, { exDate, ratio }) === 'not_in_prices') await markUnadjusted(tx, place);
    }
  }
}
