import type { CorporateAction } from './corporate-action.ts';
import { dayNumber } from './date-range.ts';
import type { SessionDate } from './session.ts';
import type { SplitEvidence } from './split-basis.ts';
import { sourceNames, sources, type SourceName } from './source.ts';

/** One source's record of an action. */
export type KnownAction = Pick<CorporateAction, 'kind' | 'exDate' | 'ratio' | 'amount' | 'dividendType'> & {
  readonly id: number;
  readonly source: SourceName;
};

/** What is known around the actions of one instrument. */
export interface ActionContext {
  readonly today: SessionDate;
  /** What prices as traded say of a split: `not_in_prices` is its step, untouched. */
  readonly evidence: (split: { readonly exDate: SessionDate; readonly ratio: number }) => SplitEvidence;
  /** The last close as traded before a date; null where none is stored. */
  readonly closeBefore: (exDate: SessionDate) => number | null;
  /** Whether a source would have told of an action of that date. */
  readonly covers: (source: SourceName, exDate: SessionDate) => boolean;
}

export interface Verdict {
  readonly id: number;
  readonly status: 'announced' | 'effective' | 'shadowed' | 'refused';
  readonly reason: string | null;
}

/** Where sources, or a source and the prices, disagree. */
interface Disagreement {
  readonly rule: ActionRule;
  readonly exDate: SessionDate;
  readonly evidence: object;
}

export const actionRules = [
  'split_not_in_prices',
  'split_by_one_source',
  'splits_differ',
  'dividend_by_one_source',
  'dividends_differ',
  'dividend_is_nonsense',
] as const;
type ActionRule = (typeof actionRules)[number];

interface Reconciled {
  readonly verdicts: readonly Verdict[];
  readonly disagreements: readonly Disagreement[];
}

/** Sources date the same split so many days apart. */
const splitDaysApart = 5;
/** A source may be late; that it lacks an action means something only after so many days. */
const lateDays = 3;

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

function hasSameRatio(a: KnownAction, b: KnownAction): boolean {
  return Math.abs((a.ratio ?? 0) / (b.ratio ?? NaN) - 1) < 0.01;
}

/** Of two sources that give other ratios for one day, one is wrong: nobody splits twice a day. */
function isSameSplit(a: KnownAction, b: KnownAction): boolean {
  const apart = Math.abs(dayNumber(a.exDate) - dayNumber(b.exDate));
  const sameDay = apart === 0 && a.source !== b.source && (a.kind === 'spin_off') === (b.kind === 'spin_off');
  return sameDay || (apart <= splitDaysApart && hasSameRatio(a, b));
}

function judgeSplit(
  [leader, ...others]: readonly [KnownAction, ...KnownAction[]],
  context: ActionContext,
): Reconciled {
  const { exDate } = leader;
  const ratio = leader.ratio ?? 1;
  const rest = others.map((other): Verdict => {
    const { id, source } = other;
    if (!hasSameRatio(leader, other))
      return { id, status: 'refused', reason: `${leader.source} gives another ratio` };
    return source === leader.source
      ? { id, status: 'refused', reason: 'the same source lists it twice' }
      : { id, status: 'shadowed', reason: `${leader.source} tells the same` };
  });
  if (exDate > context.today) {
    return { verdicts: [{ id: leader.id, status: 'announced', reason: null }, ...rest], disagreements: [] };
  }
  const seen = leader.kind === 'spin_off' ? 'unknown' : context.evidence({ exDate, ratio });
  const refused = seen === 'in_prices' || seen === 'twice';
  const verdict: Verdict = refused
    ? { id: leader.id, status: 'refused', reason: 'the prices across its ex-date do not show it' }
    : { id: leader.id, status: 'effective', reason: null };
  const told = [leader, ...others].map((one) => ({ source: one.source, ratio: one.ratio }));
  const evidence = { kind: leader.kind, ratio, told };
  const disagreements: Disagreement[] = [];
  if (others.some((other) => !hasSameRatio(leader, other)))
    disagreements.push({ rule: 'splits_differ', exDate, evidence });
  if (refused) disagreements.push({ rule: 'split_not_in_prices', exDate, evidence });
  else if (leader.kind !== 'spin_off' && isAlone([leader, ...others], context))
    disagreements.push({ rule: 'split_by_one_source', exDate, evidence });
  return { verdicts: [verdict, ...rest], disagreements };
}

function sourcesOf(group: readonly KnownAction[]): readonly SourceName[] {
  return [...new Set(group.map(({ source }) => source))];
}

/** True when another source should have told of it by now, and has not. */
function isAlone(group: readonly KnownAction[], { today, covers }: ActionContext): boolean {
  const told = sourcesOf(group);
  const [{ exDate } = { exDate: today }] = group;
  if (dayNumber(today) - dayNumber(exDate) < lateDays) return false;
  return sourceNames.some((source) => !told.includes(source) && covers(source, exDate));
}

function judgeCash(group: readonly [KnownAction, ...KnownAction[]], context: ActionContext): Reconciled {
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
