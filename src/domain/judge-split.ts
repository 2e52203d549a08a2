import { dayNumber } from './date-range.ts';
import {
  together,
  type ActionContext,
  type Disagreement,
  type Reconciled,
  type Verdict,
} from './judged-action.ts';
import { judgeUnshown } from './judge-unshown-split.ts';
import { sources } from './source.ts';
import {
  beside,
  counts,
  eventDays,
  findingsOf,
  splitEvidenceOf,
  type SilentPrices,
  type SplitCase,
} from './split-case.ts';
import { isSameRatio, shownSplits, type ShownSplit, type ToldSplit } from './split-events.ts';
import { distance, stepOver, stepsOf, usualMove } from './traded-steps.ts';

/**
 * Decides which records of splits count, by prices as traded: a ratio is confirmed only by its own step, on the day of
 * the step, whoever tells it and for whichever day. What no prices can tell is pending, or what the sources agree on.
 */
export function judgeSplits(records: readonly ToldSplit[], context: ActionContext): readonly Reconciled[] {
  return eventsOf(records).map((event) => judgeEvent({ records: event, context }));
}

/** Records by event, oldest event first. */
function eventsOf(records: readonly ToldSplit[]): readonly (readonly ToldSplit[])[] {
  const byDate = [...records].sort((a, b) => (a.exDate < b.exDate ? -1 : a.exDate > b.exDate ? 1 : 0));
  const events: ToldSplit[][] = [];
  for (const record of byDate) {
    const last = events.at(-1)?.at(-1);
    if (last !== undefined && dayNumber(record.exDate) - dayNumber(last.exDate) <= eventDays)
      events.at(-1)?.push(record);
    else events.push([record]);
  }
  return events.map((event) => event.sort((a, b) => rank(a) - rank(b) || a.id - b.id));
}

function rank({ source }: ToldSplit): number {
  return sources[source].rank;
}

function judgeEvent({ records, context: whole }: SplitCase): Reconciled {
  const days = records.map(({ exDate }) => dayNumber(exDate));
  const [first, last] = [Math.min(...days) - eventDays, Math.max(...days) + eventDays];
  const isAround = (day: number) => day >= first && day <= last;
  const steps = stepsOf(whole.traded).filter(({ day }) => isAround(day));
  const applied = whole.applied?.filter(({ session }) => isAround(dayNumber(session))) ?? null;
  const context = { ...whole, applied };
  const usual = usualMove(steps);
  const shown = shownSplits(records, steps, usual);
  const isUnclear =
    shown === 'unclear' || shown.some((split) => isContested(split, { steps, usual, context }));
  return isUnclear || shown.length === 0
    ? judgeUnshown({ records, context }, { steps, usual, isUnclear })
    : byPrices({ records, context }, shown);
}

/** True where one source alone tells a ratio, and another has put a different one into its prices that fits as well. */
function isContested(
  { session, ratio, exact }: ShownSplit,
  { steps, usual, context: { applied } }: Pick<SilentPrices, 'steps' | 'usual'> & Pick<SplitCase, 'context'>,
): boolean {
  const step = stepOver(steps, session);
  if (step === null || new Set(exact.map(({ source }) => source)).size > 1) return false;
  const day = dayNumber(session);
  return (applied ?? []).some(
    (one) =>
      Math.abs(dayNumber(one.session) - day) <= eventDays &&
      !isSameRatio(one.ratio, ratio) &&
      distance(step, one.ratio) <= usual,
  );
}

/** Every record against the step that is nearest to its date. */
function byPrices({ records, context }: SplitCase, shown: readonly ShownSplit[]): Reconciled {
  const parts = shown.map((split): Reconciled => {
    const own = records.filter((record) => nearest(record, shown) === split);
    return judgeShown({ records: own, context }, split);
  });
  return together(parts);
}

function nearest({ exDate }: ToldSplit, shown: readonly ShownSplit[]): ShownSplit | undefined {
  const apart = ({ session }: ShownSplit) => Math.abs(dayNumber(session) - dayNumber(exDate));
  return [...shown].sort((a, b) => apart(a) - apart(b))[0];
}

function judgeShown({ records, context }: SplitCase, shown: ShownSplit): Reconciled {
  const counting = countingRecords(records, shown);
  const { session, ratio } = shown;
  const [leader] = counting;
  const otherwise = `the prices show ${ratioText(ratio)} on ${session}`;
  const verdicts = records.map((record): Verdict => {
    if (counting.includes(record)) return { ...counts(record, session), shown: true };
    const isSame = record.exDate === session && isSameRatio(record.ratio, leader?.ratio ?? ratio);
    return beside(record, leader, { isSame, otherwise });
  });
  const disagreements: Disagreement[] = [];
  const evidence = splitEvidenceOf(records, { exDate: shown.session, ratio: shown.ratio });
  if (records.some((record) => !agrees(record, shown, counting)))
    disagreements.push({ rule: 'splits_differ', exDate: shown.session, evidence });
  return {
    verdicts,
    disagreements: [...disagreements, ...findingsOf({ records, context }, counting, shown.session)],
  };
}

/** Those that tell just that; else the first that tells its ratio, for another day. */
function countingRecords(records: readonly ToldSplit[], { exact, ratio }: ShownSplit): readonly ToldSplit[] {
  const isProduct = exact.some((record) => !isSameRatio(record.ratio, ratio));
  if (isProduct) return exact;
  const [best] = records.filter((record) => exact.includes(record));
  const first = best ?? records.find((record) => isSameRatio(record.ratio, ratio));
  return first === undefined ? [] : [first];
}

function agrees(record: ToldSplit, { session, ratio }: ShownSplit, counting: readonly ToldSplit[]): boolean {
  return counting.includes(record)
    ? record.exDate === session
    : record.exDate === session && isSameRatio(record.ratio, ratio);
}

function ratioText(ratio: number): string {
  return String(Number(ratio.toPrecision(6)));
}
