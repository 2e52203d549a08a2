import { dayNumber } from './date-range.ts';
import {
  isAlone,
  type ActionContext,
  type Disagreement,
  type KnownAction,
  type Reconciled,
  type Verdict,
} from './judged-action.ts';

/** Sources date the same split so many days apart. */
const splitDaysApart = 5;

function hasSameRatio(a: KnownAction, b: KnownAction): boolean {
  return Math.abs((a.ratio ?? 0) / (b.ratio ?? NaN) - 1) < 0.01;
}

/** Of two sources that give other ratios for one day, one is wrong: nobody splits twice a day. */
export function isSameSplit(a: KnownAction, b: KnownAction): boolean {
  const apart = Math.abs(dayNumber(a.exDate) - dayNumber(b.exDate));
  const sameDay = apart === 0 && a.source !== b.source && (a.kind === 'spin_off') === (b.kind === 'spin_off');
  return sameDay || (apart <= splitDaysApart && hasSameRatio(a, b));
}

/** Decides which records of one split count, the most credible source's first. */
export function judgeSplit(
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
