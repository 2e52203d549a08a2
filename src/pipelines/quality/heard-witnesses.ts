import type { QualityRule } from '../../domain/quality-rule.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Database } from '../../store/database.ts';
import type { Finding } from '../../store/findings.ts';
import { witnessedSteps, type WitnessedStep } from '../../store/witnessed-steps.ts';

/** Rules over a step of one source, of which another source may have seen something. */
const ofSteps: readonly QualityRule[] = ['jump', 'split_unexplained'];

/** Two closes of one session differ by less. */
const sameStep = 0.004;
/** What is so far from it is no step of that size. */
const otherStep = 0.03;

/**
 * What is found of a source once another one is heard: a jump that it makes too is the market's, and a step like a split that
 * it does not make is an error.
 */
export async function hearWitnesses(
  db: Database,
  source: SourceName,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const asked = findings.filter(({ rule }) => ofSteps.some((one) => one === rule));
  const places = asked.flatMap(({ instrumentId, range }) =>
    instrumentId === null ? [] : [{ instrumentId, session: range.from }],
  );
  const steps = await witnessedSteps(db, source, places);
  if (steps.length === 0) return findings;
  const byPlace = new Map(steps.map((step) => [`${step.instrumentId} ${step.session}`, step]));
  return findings.flatMap((finding) => {
    const step = byPlace.get(`${finding.instrumentId ?? ''} ${finding.range.from}`);
    return step === undefined ? [finding] : heard(finding, step);
  });
}

function heard(finding: Finding, { own, other }: WitnessedStep): readonly Finding[] {
  const apart = Math.abs(Math.log(own / other));
  if (finding.rule === 'jump') return apart <= sameStep ? [] : [finding];
  if (finding.rule !== 'split_unexplained' || apart <= otherStep) return [finding];
  return [{ ...finding, severity: 'error', evidence: { ...finding.evidence, otherStep: other } }];
}
