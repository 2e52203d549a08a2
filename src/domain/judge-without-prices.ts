import { dayNumber } from './date-range.ts';
import { together, type Disagreement, type Reconciled, type Verdict } from './judged-action.ts';
import { sourceNames } from './source.ts';
import { beside, counts, splitEvidenceOf, findingsOf, type SplitCase } from './split-case.ts';
import { isSameRatio, isTelling, type ToldSplit } from './split-events.ts';
import { distance, stepOver, stepsOf, usualMove } from './traded-steps.ts';

/** Sources date the same split so many days apart. */
const splitDaysApart = 5;

type Standing = 'effective' | 'pending' | 'announced' | 'disputed';

const reasons = {
  announced: null,
  pending: 'no prices on both sides of its ex-date tell yet',
  disputed: 'the prices across its ex-date show something else: what lies before is not adjusted',
} as const;

/** Decides on records of which no prices as traded can tell: by prices that sources have adjusted, or not yet. */
export function judgeWithoutPrices({ records, context }: SplitCase): Reconciled {
  const parts = groupsOf(records).map((group) => judgeGroup({ records: group, context }));
  return together(parts);
}

/** Records of the same split, as far as they say. */
function groupsOf(records: readonly ToldSplit[]): readonly (readonly ToldSplit[])[] {
  const groups: ToldSplit[][] = [];
  for (const record of records) {
    const group = groups.find(([leader]) => leader !== undefined && isSameSplit(leader, record));
    if (group === undefined) groups.push([record]);
    else group.push(record);
  }
  return groups;
}

/** Of two sources that give other ratios for one day, one is wrong: nobody splits twice a day. */
function isSameSplit(a: ToldSplit, b: ToldSplit): boolean {
  const apart = Math.abs(dayNumber(a.exDate) - dayNumber(b.exDate));
  const sameDay = apart === 0 && a.source !== b.source;
  return sameDay || (apart <= splitDaysApart && isSameRatio(a.ratio, b.ratio));
}

function judgeGroup(given: SplitCase): Reconciled {
  const { records } = given;
  const leader = records.find((record) => ownPricesSay(record, given) === 'effective') ?? records[0];
  if (leader === undefined) return { verdicts: [], disagreements: [] };
  const standing = standingOf(leader, given);
  const { exDate } = leader;
  const verdicts = records.map((record): Verdict => {
    const isSame = isSameRatio(record.ratio, leader.ratio);
    if (record !== leader)
      return beside(record, leader, { isSame, otherwise: `${leader.source} gives another ratio` });
    return standing === 'effective'
      ? counts(leader, exDate)
      : { id: leader.id, status: standing, reason: reasons[standing] };
  });
  if (standing === 'announced' || standing === 'pending') return { verdicts, disagreements: [] };
  const evidence = splitEvidenceOf(records, { exDate, ratio: leader.ratio });
  const disagreements: Disagreement[] = [];
  if (records.some(({ ratio }) => !isSameRatio(ratio, leader.ratio)))
    disagreements.push({ rule: 'splits_differ', exDate, evidence });
  if (standing === 'disputed') disagreements.push({ rule: 'split_not_in_prices', exDate, evidence });
  else disagreements.push(...findingsOf(given, [leader], exDate));
  return { verdicts, disagreements };
}

function standingOf(leader: ToldSplit, given: SplitCase): Standing {
  if (leader.exDate > given.context.today) return 'announced';
  return ownPricesSay(leader, given) ?? otherPricesSay(leader, given);
}

/** What prices say that the source of a record has adjusted: it is in them, or not yet; null: nothing. */
function ownPricesSay({ source, exDate, ratio }: ToldSplit, { context }: SplitCase): Standing | null {
  const steps = stepsOf(context.adjusted(source));
  const step = stepOver(steps, exDate);
  if (step === null || exDate > context.today) return null;
  const usual = usualMove(steps);
  const fits = [1, ratio, 1 / ratio].some((factor) => distance(step, factor) <= usual);
  return fits || !isTelling(ratio, usual) ? 'effective' : 'disputed';
}

/** Another source's adjusted prices confirm only what they do not contain yet. */
function otherPricesSay({ source, exDate, ratio }: ToldSplit, { context }: SplitCase): Standing {
  for (const other of sourceNames) {
    const steps = stepsOf(context.adjusted(other));
    const step = stepOver(steps, exDate);
    if (other === source || step === null) continue;
    if (isTelling(ratio, usualMove(steps)))
      return distance(step, ratio) <= usualMove(steps) ? 'effective' : 'disputed';
  }
  return 'pending';
}
