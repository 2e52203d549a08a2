import { judgeCash } from './judge-cash.ts';
import { isSameSplit, judgeSplit } from './judge-split.ts';
import type { ActionContext, KnownAction, Reconciled } from './judged-action.ts';
import { sources } from './source.ts';

/**
 * Decides which of several sources' records of corporate actions count: one a split, one source's dividends an ex-date,
 * none that prices contradict. What a source told twice counts once.
 */
export function reconcileActions(actions: readonly KnownAction[], context: ActionContext): Reconciled {
  const splits = actions.filter(({ ratio }) => ratio !== null);
  const cash = actions.filter(({ amount }) => amount !== null);
  const parts = [
    ...groups(splits, isSameSplit).map((group) => judgeSplit(group, context)),
    ...groups(cash, (a, b) => a.exDate === b.exDate).map((group) => judgeCash(group, context)),
  ];
  return {
    verdicts: parts.flatMap(({ verdicts }) => verdicts),
    disagreements: parts.flatMap(({ disagreements }) => disagreements),
  };
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
