import type { Attention, AttentionFacts } from './attention.ts';
import { findingLines } from './finding-lines.ts';
import { freshnessLines } from './freshness-lines.ts';
import { runLines } from './run-lines.ts';
import { serviceLines } from './service-lines.ts';

/** What needs a person, worst first: by urgency, then by how much it is, then by age. */
export function attentionOf(facts: AttentionFacts): readonly Attention[] {
  return [...serviceLines(facts), ...freshnessLines(facts), ...runLines(facts), ...findingLines(facts)].sort(
    byWeight,
  );
}

function byWeight(one: Attention, other: Attention): number {
  if (one.urgency !== other.urgency) return one.urgency === 'bad' ? -1 : 1;
  // What is about no cells is about all of them.
  const weight = ({ cells }: Attention) => cells ?? Infinity;
  if (weight(one) !== weight(other)) return weight(other) > weight(one) ? 1 : -1;
  return (one.since?.getTime() ?? 0) - (other.since?.getTime() ?? 0);
}

/** What needs a person in one sentence; null: not all that it would be told by could be read. */
export function attentionSentence(facts: AttentionFacts): string {
  const count = attentionOf(facts).length;
  const things = count === 1 ? '1 thing needs attention' : `${count} things need attention`;
  const isKnown = facts.freshness !== null && facts.runs !== null && facts.findings !== null;
  if (!isKnown)
    return count > 0 ? `${things}, and not all can be told` : 'What needs attention cannot be told';
  return count > 0 ? things : 'All is well';
}
