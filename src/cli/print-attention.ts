import type { Market } from '../config.ts';
import type { Attention, AttentionFacts } from '../operations/attention/attention.ts';
import { attentionOf, attentionSentence } from '../operations/attention/attention-of.ts';
import { countText } from '../operations/figures.ts';
import { printLine, printTitle, terminalWidth } from './output.ts';
import { foldText, shownText } from './table/display-text.ts';

const most = 5;

/** What needs a person, as the first line of the dashboard says it, and the worst of it: no next step is ever cut. */
export function printAttention(facts: AttentionFacts, market: Market): void {
  const lines = attentionOf(facts);
  printLine('');
  printTitle(attentionSentence(facts), market);
  for (const line of lines.slice(0, most)) printAttentionLine(line);
  if (lines.length > most) printLine(`and ${lines.length - most} more`);
}

function printAttentionLine({ kind, what, where, cells, next, command }: Attention): void {
  const amount = cells === null ? '' : `, ${countText(cells) ?? ''}`;
  const text = shownText(`${kind}: ${what} (${where}${amount})`);
  for (const part of foldText(text, terminalWidth())) printLine(part);
  for (const part of foldText(shownText(command ?? next), terminalWidth() - 2)) printLine(`  ${part}`);
}
