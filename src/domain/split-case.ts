import { isAlone, type ActionContext, type Disagreement, type Verdict } from './judged-action.ts';
import type { SessionDate } from './session.ts';
import { sources } from './source.ts';
import type { ToldSplit } from './split-events.ts';
import type { TradedStep } from './traded-steps.ts';

/** Records that are no further apart, in days, tell of one event: some fifteen sessions. */
export const eventDays = 22;

/** What is judged together, the most credible record first, and the prices around it. */
export interface SplitCase {
  readonly records: readonly ToldSplit[];
  readonly context: ActionContext;
}

/** Prices as traded around records that they do not confirm. */
export interface SilentPrices {
  readonly steps: readonly TradedStep[];
  readonly usual: number;
  /** They show several things, of which only one can be. */
  readonly isUnclear: boolean;
}

/** A record that counts, from a day on. */
export function counts({ id, exDate }: ToldSplit, from: SessionDate): Verdict {
  if (from === exDate) return { id, status: 'effective', reason: null };
  const reason = `told for ${exDate}: the prices show it on ${from}`;
  return { id, status: 'effective', reason, exDate: from };
}

/** A record that does not count beside the one that stands for it: it says the same, or something else. */
export function beside(
  { id, source }: ToldSplit,
  leader: ToldSplit | undefined,
  { isSame, otherwise }: { readonly isSame: boolean; readonly otherwise: string },
): Verdict {
  if (!isSame) return { id, status: 'shadowed', reason: otherwise };
  return source === leader?.source
    ? { id, status: 'refused', reason: 'the same source lists it twice' }
    : { id, status: 'shadowed', reason: `${leader?.source ?? ''} tells the same` };
}

/** What was told, and what came of it. */
export function splitEvidenceOf(
  records: readonly ToldSplit[],
  found: { readonly exDate: SessionDate; readonly ratio: number },
): object {
  const told = records.map(({ source, exDate, ratio }) => ({ source, exDate, ratio }));
  return { kind: records[0]?.kind, ...found, told };
}

/** What is to be said of a split that counts, whether prices show it or not. */
export function findingsOf(
  { records, context }: SplitCase,
  counting: readonly ToldSplit[],
  exDate: SessionDate,
): readonly Disagreement[] {
  const [leader] = counting;
  if (leader === undefined) return [];
  const evidence = splitEvidenceOf(records, { exDate, ratio: leader.ratio });
  if (leader.kind === 'spin_off') {
    // A list of splits says that shares were split; its ratio says that none was.
    const isListed = records.some(({ source }) => sources[source].marketActions);
    return isListed ? [{ rule: 'spin_off_as_split', exDate, evidence }] : [];
  }
  return isAlone(records, context) ? [{ rule: 'split_by_one_source', exDate, evidence }] : [];
}
