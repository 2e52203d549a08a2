import { addDays, dayNumber } from './date-range.ts';
import type { Reconciled, Verdict } from './judged-action.ts';
import type { SessionDate } from './session.ts';
import {
  beside,
  counts,
  eventDays,
  splitEvidenceOf,
  findingsOf,
  type SilentPrices,
  type SplitCase,
} from './split-case.ts';
import { isSameRatio, isSameSplit, type ToldSplit } from './split-events.ts';
import { distance, stepOver, type TradedStep } from './traded-steps.ts';

/** What may have happened: nothing, or a ratio on a day, and how many sources say so or have put it into their prices. */
interface Way {
  readonly exDate: SessionDate;
  readonly ratio: number;
  readonly voices: number;
}

/** So much likelier, in logarithms, is what counts against the voices: one in ten thousand. */
const clearly = Math.log(10_000);
/** A median move is that share of the deviation. */
const medianShare = 0.6745;
/**
 * Records of one event whose ratios are too small for a step of their own. What two sources say, or one says and another
 * has put into its prices, counts; else what prices make much likelier than anything else; what neither decides is
 * disputed. `days` are others that the event is told for, with ratios that it did not have.
 */
export function weighSmallSplits(
  given: SplitCase,
  prices: SilentPrices,
  days: readonly SessionDate[] = [],
): Reconciled {
  const { records, context } = given;
  const [first] = records;
  if (first === undefined) return { verdicts: [], disagreements: [] };
  const ways = waysOf(given, days);
  if (ways.length === 1 && (context.applied === null || (ways[0]?.voices ?? 0) > 1))
    return decided(given, first);
  const none: Way = { exDate: first.exDate, ratio: 1, voices: 0 };
  const [best, second] = likeliest([...ways, none], prices.steps);
  const [loudest, next] = [...ways].sort((a, b) => b.voices - a.voices);
  if (best === undefined || loudest === undefined) return disputed(given, days);
  const isClear = (second?.cost ?? Infinity) - best.cost > clearly;
  const isLoud = loudest.voices > 1 && loudest.voices > (next?.voices ?? 0);
  const chosen = isClear ? best.way : isLoud ? loudest : null;
  if (chosen === null || (isClear && isLoud && best.way !== loudest)) return disputed(given, days);
  const record = records.find(({ ratio }) => isSameRatio(ratio, chosen.ratio));
  return record === undefined
    ? disputed(given)
    : decided(given, exactly(records, chosen) ?? record, chosen.exDate);
}

function exactly(records: readonly ToldSplit[], { exDate, ratio }: Way): ToldSplit | undefined {
  return records.find((record) => isSameSplit(record, { exDate, ratio }));
}

function waysOf({ records, context }: SplitCase, others: readonly SessionDate[]): readonly Way[] {
  const days = records.map(({ exDate }) => dayNumber(exDate));
  const isNear = (session: SessionDate) =>
    days.some((day) => Math.abs(day - dayNumber(session)) <= eventDays);
  const applied = (context.applied ?? []).filter(({ session }) => isNear(session));
  const said: readonly (Omit<Way, 'voices'> & { readonly by: string })[] = [
    ...records.map(({ source, exDate, ratio }) => ({ by: source, exDate, ratio })),
    ...applied.map(({ session, ratio }) => ({ by: 'prices', exDate: session, ratio })),
  ];
  const ways: { exDate: SessionDate; ratio: number; by: Set<string> }[] = [];
  for (const { by, exDate, ratio } of said) {
    const way = ways.find((one) => isSameSplit(one, { exDate, ratio }));
    if (way === undefined) ways.push({ exDate, ratio, by: new Set([by]) });
    else way.by.add(by);
  }
  const told = ways.map(({ by, ...way }) => ({ ...way, voices: by.size }));
  // Who tells the right ratio for a wrong day stands beside who tells the day.
  const dates = [...told.map(({ exDate }) => exDate), ...others];
  const crossed = dates.flatMap((exDate) => told.map(({ ratio }) => ({ exDate, ratio, voices: 0 })));
  return [...told, ...crossed.filter((way) => !told.some((one) => isSameSplit(one, way)))];
}

/** The ways by what they leave unexplained on all the days that any of them is about, the least first. */
function likeliest(
  ways: readonly Way[],
  steps: readonly TradedStep[],
): readonly { readonly way: Way; readonly cost: number }[] {
  const moves = steps.map(({ toClose }) => Math.abs(toClose)).sort((a, b) => a - b);
  const deviation = (moves[moves.length >> 1] ?? NaN) / medianShare;
  const dates = [...new Set(ways.map(({ exDate }) => exDate))];
  const costOf = (way: Way) =>
    dates.reduce((sum, date) => {
      const step = stepOver(steps, date);
      const left = step === null ? 0 : toOpen(step, date === way.exDate ? way.ratio : 1);
      return sum + (left * left) / (2 * deviation * deviation);
    }, 0);
  return ways.map((way) => ({ way, cost: costOf(way) })).sort((a, b) => a.cost - b.cost);
}

function toOpen(step: TradedStep, ratio: number): number {
  return distance({ ...step, toClose: step.toOpen }, ratio);
}

function decided(given: SplitCase, best: ToldSplit, from: SessionDate = best.exDate): Reconciled {
  const { records } = given;
  const differing = records.some(({ exDate, ratio }) => exDate !== from || !isSameRatio(ratio, best.ratio));
  const verdicts = records.map((record): Verdict => {
    if (record === best) return counts(best, from);
    const isSame = record.exDate === from && isSameRatio(record.ratio, best.ratio);
    return beside(record, best, { isSame, otherwise: `more speaks for ${best.ratio} on ${from}` });
  });
  const evidence = splitEvidenceOf(records, { exDate: from, ratio: best.ratio });
  const found = differing ? [{ rule: 'splits_differ' as const, exDate: from, evidence }] : [];
  return { verdicts, disagreements: [...found, ...findingsOf(given, [best], from)] };
}

/** Nothing before the latest of the days is adjusted; where nobody tells of another one, before the last that it may have been. */
export function disputed({ records, context }: SplitCase, others: readonly SessionDate[] = []): Reconciled {
  const days = [
    ...others,
    ...records.map(({ exDate }) => exDate),
    ...(context.applied ?? []).map(({ session }) => session),
  ];
  const near = days.filter((day) => day <= context.today).sort();
  const latest = near.at(-1) ?? records[0]?.exDate ?? '';
  const exDate = new Set(near).size === 1 ? addDays(latest, eventDays) : latest;
  const verdicts = records.map(({ id, source }, place): Verdict =>
    place > 0
      ? { id, status: 'shadowed', reason: `${records[0]?.source ?? source} stands for it` }
      : {
          id,
          status: 'disputed',
          reason: 'neither prices nor other sources tell whether and when it was',
          exDate,
        },
  );
  const evidence = splitEvidenceOf(records, { exDate: latest, ratio: records[0]?.ratio ?? NaN });
  return { verdicts, disagreements: [{ rule: 'splits_differ', exDate: latest, evidence }] };
}
