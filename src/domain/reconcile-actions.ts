import { judgeCash } from './judge-cash.ts';
import { judgeSplits } from './judge-split.ts';
import type { ActionContext, KnownAction, Reconciled } from './judged-action.ts';
import type { ToldSplit } from './split-events.ts';
import { sources } from './source.ts';

/**
 * Decides which of several sources' records of corporate actions count: the splits that prices show, one source's
 * dividends an ex-date, none that prices contradict. What a source told twice counts once.
 */
export function reconcileActions(actions: readonly KnownAction[], context: ActionContext): Reconciled {
  const cash = actions.filter(({ amount }) => amount !== null);
  const parts = [
    ...judgeSplits(actions.filter(isSplit), context),
    ...groups(cash, (a, b) => a.exDate === b.exDate).map((group) => judgeCash(group, context)),
  ];
  return {
    verdicts: parts.flatMap(({ verdicts }) => verdicts),
    disagreements: parts.flatMap(({ disagreements }) => disagreements),
  };
}

function isSplit(action: KnownAction): action is ToldSplit {
  return action.ratio !== null;
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
