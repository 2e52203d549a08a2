import { judgeWithoutPrices } from './judge-without-prices.ts';
import { together, type Disagreement, type Reconciled, type Verdict } from './judged-action.ts';
import { counts, splitEvidenceOf, type SilentPrices, type SplitCase } from './split-case.ts';
import { isSameRatio, isTelling, type ToldSplit } from './split-events.ts';
import { disputed, weighSmallSplits } from './small-splits.ts';
import { stepOver, type TradedStep } from './traded-steps.ts';

/** Decides on records of which prices as traded show none: they contradict, or cannot tell. */
export function judgeUnshown({ records, context }: SplitCase, prices: SilentPrices): Reconciled {
  const { steps, usual } = prices;
  const seen = records.filter(({ exDate }) => exDate <= context.today && stepOver(steps, exDate) !== null);
  const parts = [judgeWithoutPrices({ records: records.filter((one) => !seen.includes(one)), context })];
  const [leader] = seen;
  if (leader !== undefined) {
    const step = prices.isUnclear ? stepOver(steps, leader.exDate) : unexplained(steps, usual);
    if (step !== null) parts.push(judgeStep(seen, prices, step));
    else parts.push(...judgeQuiet({ records: seen, context }, prices));
  }
  return together(parts);
}

/** Of usual moves none is so large. */
const largeMoves = 3;
const leastLarge = 0.12;

/** The largest step that is none of the usual ones; null: none. */
function unexplained(steps: readonly TradedStep[], usual: number): TradedStep | null {
  const size = ({ toOpen, toClose }: TradedStep) =>
    toOpen * toClose > 0 ? Math.min(Math.abs(toOpen), Math.abs(toClose)) : 0;
  const [largest] = [...steps].sort((a, b) => size(b) - size(a));
  return largest !== undefined && size(largest) > Math.max(largeMoves * usual, leastLarge) ? largest : null;
}

/** Prices that step by something that nobody tells: what lies before is not to be adjusted, unless two sources agree. */
function judgeStep(records: readonly ToldSplit[], prices: SilentPrices, step: TradedStep): Reconciled {
  const agreed = prices.isUnclear
    ? undefined
    : records.find((record) => isAgreed(record, records, prices.steps));
  const leader = agreed ?? records[0];
  if (leader === undefined) return { verdicts: [], disagreements: [] };
  const exDate = agreed?.exDate ?? step.session;
  const evidence = splitEvidenceOf(records, { exDate, ratio: leader.ratio });
  const reason = prices.isUnclear
    ? 'the prices show more than one thing that it could be: what lies before is not adjusted'
    : `the prices show something else on ${exDate}: what lies before is not adjusted`;
  const verdicts = records.map((record): Verdict => {
    if (record !== leader)
      return { id: record.id, status: 'shadowed', reason: `${leader.source} stands for it` };
    return agreed === undefined
      ? { id: leader.id, status: 'disputed', reason, exDate }
      : counts(leader, exDate);
  });
  const disagreements: Disagreement[] =
    agreed === undefined ? [{ rule: 'split_not_in_prices', exDate, evidence }] : [];
  if (records.some(({ ratio }) => !isSameRatio(ratio, leader.ratio)))
    disagreements.push({ rule: 'splits_differ', exDate, evidence });
  return { verdicts, disagreements };
}

/** Whether two sources tell the same of a day whose step is most of it: a wild day can hide the rest. */
function isAgreed(record: ToldSplit, records: readonly ToldSplit[], steps: readonly TradedStep[]): boolean {
  const same = records.filter(
    ({ exDate, ratio }) => exDate === record.exDate && isSameRatio(ratio, record.ratio),
  );
  const step = stepOver(steps, record.exDate);
  if (step === null || new Set(same.map(({ source }) => source)).size < 2) return false;
  const part = step.toOpen / Math.log(record.ratio);
  return part > 0.7 && part < 1.3;
}

/** Prices without any large step: large splits did not happen, small ones may have. */
function judgeQuiet({ records, context }: SplitCase, prices: SilentPrices): readonly Reconciled[] {
  const [large, small] = [true, false].map((is) =>
    records.filter(({ ratio }) => isTelling(ratio, prices.usual) === is),
  );
  // Somebody has adjusted for something that is none of what is told.
  if (small?.length === 0 && (context.applied ?? []).length > 0) return [disputed({ records, context })];
  const refused = (large ?? []).map(({ id }): Verdict => {
    return { id, status: 'refused', reason: 'the prices across its ex-date do not show it' };
  });
  const disagreements = (large ?? []).map(({ exDate, ratio }): Disagreement => {
    return { rule: 'split_not_in_prices', exDate, evidence: splitEvidenceOf(records, { exDate, ratio }) };
  });
  const weighed = weighSmallSplits(
    { records: small ?? [], context },
    prices,
    (large ?? []).map(({ exDate }) => exDate),
  );
  return [{ verdicts: refused, disagreements }, weighed];
}
