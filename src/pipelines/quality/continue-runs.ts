import { rangesMeet, type DateRange } from '../../domain/date-range.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Finding } from '../../store/findings.ts';
import { moveFinding, standingFindings, type StandingFinding } from '../../store/standing-findings.ts';
import type { Transaction } from '../../store/transaction.ts';

/** A finding of sessions running, of which only a part may have been looked at. */
export interface RunFinding extends Finding {
  /** Whether it goes to the first session that was compared, and to the last. */
  readonly isCut: readonly [atFirst: boolean, atLast: boolean];
}

/** Two ratios of one run, as logarithms, are nearer to each other. */
const sameRatio = 0.002;

/**
 * Makes a run that is found the finding that stands of it already, however much of it was looked at this time and however it
 * has grown: its range then is the finding's as well. Returns what is to be recorded.
 */
export async function continueRuns(
  tx: Transaction,
  { source, rules }: { readonly source: SourceName; readonly rules: readonly string[] },
  found: readonly RunFinding[],
): Promise<readonly Finding[]> {
  const runs = found.filter(({ range }) => range.from < range.to);
  const instrumentIds = [...new Set(runs.flatMap(({ instrumentId }) => instrumentId ?? []))];
  if (instrumentIds.length === 0) return found.map(withoutCut);
  const range = unionOf(runs.map((one) => one.range));
  const standing = new Set(await standingFindings(tx, { source, rules, instrumentIds, range }));
  const continued: Finding[] = [];
  for (const run of found) {
    const known = [...standing].find((one) => isOfOne(one, run));
    if (known === undefined) {
      continued.push(withoutCut(run));
      continue;
    }
    standing.delete(known);
    const joined = joinedRange(known.range, run);
    if (joined.from !== known.range.from || joined.to !== known.range.to)
      await moveFinding(tx, known.id, joined);
    continued.push({ ...withoutCut(run), range: joined, evidence: known.evidence });
  }
  return continued;
}

function withoutCut({ isCut: _, ...finding }: RunFinding): Finding {
  return finding;
}

function unionOf(ranges: readonly DateRange[]): DateRange {
  const [from = '', to = ''] = [
    ranges.map((one) => one.from).sort()[0],
    ranges
      .map((one) => one.to)
      .sort()
      .at(-1),
  ];
  return { from, to };
}

function isOfOne(known: StandingFinding, run: RunFinding): boolean {
  const isSameCause = known.rule === run.rule && known.instrumentId === run.instrumentId;
  return isSameCause && rangesMeet(known.range, run.range) && isSameEvidence(known.evidence, run.evidence);
}

function isSameEvidence(known: object, found: object): boolean {
  const [one, other] = [told(known), told(found)];
  if (one.other !== other.other) return false;
  if (one.ratio === null || other.ratio === null) return one.ratio === other.ratio;
  return Math.abs(Math.log(one.ratio / other.ratio)) < sameRatio;
}

function told(evidence: object) {
  const { other, ratio } = evidence as { readonly other?: unknown; readonly ratio?: unknown };
  return { other, ratio: typeof ratio === 'number' ? ratio : null };
}

function joinedRange(known: DateRange, { range, isCut: [atFirst, atLast] }: RunFinding): DateRange {
  return {
    from: atFirst && known.from < range.from ? known.from : range.from,
    to: atLast && known.to > range.to ? known.to : range.to,
  };
}
