import { judgeCash } from './judge-cash.ts';
import { judgeSplits } from './judge-split.ts';
import {
  together,
  type ActionContext,
  type KnownAction,
  type Reconciled,
  type Verdict,
} from './judged-action.ts';
import { paymentsOf, type CountedSplit } from './payment.ts';
import type { ToldSplit } from './split-events.ts';
import { judgeUnclearCash, unclearCash } from './unclear-cash.ts';

/** What was decided, and what each payment comes to in shares of its ex-date by the splits that count. */
export interface ReconciledActions extends Reconciled {
  readonly amounts: readonly { readonly id: number; readonly amount: number }[];
}

/**
 * Decides which of several sources' records of one instrument's corporate actions count: the splits that prices show,
 * each payment once, none that prices contradict. What is paid is counted in shares of its day by the splits that were
 * just judged.
 */
export function reconcileActions(actions: readonly KnownAction[], context: ActionContext): ReconciledActions {
  const splits = actions.filter(isSplit);
  const judged = together(judgeSplits(splits, context));
  const counted = countedSplits(splits, judged.verdicts);
  const payments = paymentsOf(actions, counted);
  const unclear = unclearCash(actions);
  const cash = judgeCash({ payments, unclear, splits: counted }, context);
  const waiting = judgeUnclearCash(unclear, { payments, splits: counted, verdicts: cash.verdicts });
  return {
    ...together([judged, cash, waiting]),
    amounts: payments.map(({ id, amount }) => ({ id, amount })),
  };
}

function isSplit(action: KnownAction): action is ToldSplit {
  return action.ratio !== null;
}

function countedSplits(splits: readonly ToldSplit[], verdicts: readonly Verdict[]): readonly CountedSplit[] {
  const effective = new Map(
    verdicts.filter(({ status }) => status === 'effective').map((one) => [one.id, one]),
  );
  return splits.flatMap(({ id, exDate, ratio, kind }) => {
    const verdict = effective.get(id);
    if (verdict === undefined) return [];
    return [{ exDate: verdict.exDate ?? exDate, ratio, spinOff: kind === 'spin_off' }];
  });
}
