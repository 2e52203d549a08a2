import type { Attention, AttentionFacts } from '../operations/attention/attention.ts';
import { attentionOf, attentionSentence } from '../operations/attention/attention-of.ts';
import type { Market } from '../config.ts';
import { printTable } from './output.ts';
import type { Column } from './table/column.ts';
import { countText } from '../operations/figures.ts';

const columns: readonly Column<Attention>[] = [
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'what', cell: ({ what }) => what, least: 24 },
  { name: 'where', cell: ({ where }) => where, least: 12, rank: 2 },
  { name: 'cells', cell: ({ cells }) => countText(cells), right: true, rank: 2 },
  { name: 'next step', cell: ({ next, command }) => command ?? next, least: 20 },
];

const most = 5;

/** What needs a person, as the first line of the dashboard says it, and the worst of it. */
export function printAttention(facts: AttentionFacts, market: Market): void {
  const lines = attentionOf(facts);
  const shown = lines.slice(0, most);
  const others = lines.length - shown.length;
  const title = `${attentionSentence(facts)}${others > 0 ? `; and ${others} more` : ''}`;
  printTable({ title, market, columns, rows: shown, follows: true }, 'fitting');
}
