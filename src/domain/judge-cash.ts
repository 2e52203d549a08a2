import {
  isAlone,
  type ActionContext,
  type Disagreement,
  type KnownAction,
  type Reconciled,
  type Verdict,
} from './judged-action.ts';

/** Decides which records of one ex-date's payments count, the most credible source's first. */
export function judgeCash(
  group: readonly [KnownAction, ...KnownAction[]],
  context: ActionContext,
): Reconciled {
  const [leader] = group;
  const { exDate } = leader;
  const before = context.closeBefore(exDate);
  const isNonsense = ({ amount }: KnownAction) =>
    !(Number(amount) > 0) || (before !== null && Number(amount) >= before);
  const nonsense = group.filter(isNonsense);
  const sound = group.filter((action) => !isNonsense(action));
  const disagreements: Disagreement[] = nonsense.map(({ source, amount }) => ({
    rule: 'dividend_is_nonsense',
    exDate,
    evidence: { source, amount, closeBefore: before },
  }));
  const verdicts: Verdict[] = nonsense.map(({ id }) => ({
    id,
    status: 'refused',
    reason: 'an amount of nothing, or above the price itself',
  }));
  const believed = sound[0]?.source;
  const counted: KnownAction[] = [];
  for (const action of sound) {
    const { id } = action;
    if (action.source !== believed) {
      verdicts.push({ id, status: 'shadowed', reason: `${believed ?? ''} tells of that ex-date` });
    } else if (counted.some((other) => isSameCash(other, action))) {
      verdicts.push({ id, status: 'refused', reason: 'the same source lists it twice' });
    } else {
      counted.push(action);
      verdicts.push({ id, status: exDate > context.today ? 'announced' : 'effective', reason: null });
    }
  }
  return { verdicts, disagreements: [...disagreements, ...cashDisagreements(sound, counted, context)] };
}

function isSameCash(a: KnownAction, b: KnownAction): boolean {
  return a.kind === b.kind && a.dividendType === b.dividendType && a.amount === b.amount;
}

function cashDisagreements(
  sound: readonly KnownAction[],
  counted: readonly KnownAction[],
  context: ActionContext,
): readonly Disagreement[] {
  const [first] = counted;
  if (first === undefined || first.exDate > context.today) return [];
  const { exDate } = first;
  const total = (actions: readonly KnownAction[]) =>
    actions.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
  const others = sound.filter(({ source }) => source !== first.source);
  const evidence = { amounts: sound.map(({ source, amount }) => ({ source, amount })) };
  if (others.length === 0)
    return isAlone(sound, context) ? [{ rule: 'dividend_by_one_source', exDate, evidence }] : [];
  // Yahoo rounds what it divides by later splits.
  const apart = Math.abs(total(others) - total(counted));
  return apart <= Math.max(0.02 * total(counted), 0.005)
    ? []
    : [{ rule: 'dividends_differ', exDate, evidence }];
}
