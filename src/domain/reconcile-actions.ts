import { judgeCash } from './judge-cash.ts';
import { isSameSplit, judgeSplit } from './judge-split.ts';
import type { ActionContext, KnownAction, Reconciled, Verdict } from './judged-action.ts';
import { paymentsOf, type CountedSplit } from './payment.ts';
import { sources } from './source.ts';

/** What was decided, and what each payment comes to in shares of its ex-date by the splits that count. */
export interface ReconciledActions extends Reconciled {
  readonly amounts: readonly { readonly id: number; readonly amount: number }[];
}

/**
 * Decides which of several sources' records of one instrument's corporate actions count: one a split, each payment once,
 * none that prices contradict. What is paid is counted in shares of its day by the splits that were just judged.
 */
export function reconcileActions(actions: readonly KnownAction[], context: ActionContext): ReconciledActions {
  const splits = actions.filter(({ ratio }) => ratio !== null);
  const judged = groups(splits, isSameSplit).map((group) => judgeSplit(group, context));
  const verdicts = judged.flatMap((one) => one.verdicts);
  const counted = countedSplits(splits, verdicts);
  const payments = paymentsOf(actions, counted);
  const cash = judgeCash(payments, counted, context);
  return {
    verdicts: [...verdicts, ...cash.verdicts],
    disagreements: [...judged.flatMap(({ disagreements }) => disagreements), ...cash.disagreements],
    amounts: payments.map(({ id, amount }) => ({ id, amount })),
  };
}

function countedSplits(
  splits: readonly KnownAction[],
  verdicts: readonly Verdict[],
): readonly CountedSplit[] {
  const effective = new Set(verdicts.flatMap(({ id, status }) => (status === 'effective' ? id : [])));
  return splits.flatMap(({ id, exDate, ratio, kind }) =>
    ratio === null || !effective.has(id) ? [] : { exDate, ratio, spinOff: kind === 'spin_off' },
  );
}

function rank({ source }: KnownAction): number {
  return sources[source].rank;
}

/** Groups of the same action, the most credible record of each first. */
function groups(
  actions: readonly KnownAction[],
  same: (a: KnownAction, b: KnownAction) => boolean,
): readonly (readonly [KnownAction, ...KnownAction[]])[] {
  const found: [KnownAction, ...KnownAction[]][] = [];
  for (const action of [...actions].sort((a, b) => rank(a) - rank(b) || a.id - b.id)) {
    const group = found.find(([leader]) => same(leader, action));
    if (group === undefined) found.push([action]);
    else group.push(action);
  }
  return found;
}
