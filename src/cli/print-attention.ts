import type { Market } from '../config.ts';
import type { AttentionFacts } from '../operations/attention/attention.ts';
import { attentionOf, attentionSentence } from '../operations/attention/attention-of.ts';
import { countText } from '../operations/figures.ts';
import { printLine, printTitle } from './output.ts';

const most = 5;

/** What needs a person, as the first line of the dashboard says it, and the worst of it: no next step is ever cut. */
export function printAttention(facts: AttentionFacts, market: Market): void {
  const lines = attentionOf(facts);
  printLine('');
  printTitle(attentionSentence(facts), market);
  for (const { kind, what, where, cells, next, command } of lines.slice(0, most)) {
    const amount = cells === null ? '' : `, ${countText(cells) ?? ''}`;
    printLine(`${kind}: ${what} (${where}${amount}): ${command ?? next}`);
  }
  if (lines.length > most) printLine(`and ${lines.length - most} more`);
}
