import type { Cell, Column, ColumnChoice } from './column.ts';
import { shortened, displayWidth, shownText } from './display-text.ts';
import { blocksOf, fittingBlock, gap, type Block } from './fit-columns.ts';

/** A table as lines, none wider than asked, and the names of the columns that found no place. */
export interface RenderedTable {
  readonly lines: readonly string[];
  readonly leftOut: readonly string[];
}

/** Rows under their heads, for a terminal of so many cells. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { choice, width }: { readonly choice: ColumnChoice; readonly width: number },
): RenderedTable {
  const wished =
    typeof choice === 'string'
      ? columns
      : choice.flatMap((name) => columns.find((column) => column.name === name) ?? []);
  const texts = wished.map((column) => rows.map((row) => textOf(column.cell(row))));
  const shapes = wished.map(({ name, least = Infinity, rank = 1 }, index) => {
    const natural = (texts[index] ?? []).reduce(
      (most, text) => Math.max(most, displayWidth(text)),
      displayWidth(name),
    );
    return { natural, rank, least: Math.min(natural, Math.max(least, displayWidth(name))) };
  });
  const blocks =
    choice === 'fitting' ? [fittingBlock(shapes, width)] : blocksOf(shapes, width, choice !== 'all');
  const shown = new Set(blocks.flatMap((block) => block.map(({ index }) => index)));
  return {
    lines: blocks.flatMap((block, index) => [...(index === 0 ? [] : ['']), ...drawn(wished, texts, block)]),
    leftOut: wished.flatMap(({ name }, index) => (shown.has(index) ? [] : name)),
  };
}

function textOf(cell: Cell): string {
  return cell === null ? '' : shownText(String(cell));
}

function drawn<Row>(
  columns: readonly Column<Row>[],
  texts: readonly (readonly string[])[],
  block: Block,
): readonly string[] {
  const line = (textAt: (index: number) => string) =>
    block
      .map(({ index, cells }) => padded(textAt(index), cells, columns[index]?.right))
      .join(' '.repeat(gap));
  const rows = Array.from({ length: texts[0]?.length ?? 0 }, (_, row) =>
    line((index) => texts[index]?.[row] ?? ''),
  );
  const head = line((index) => columns[index]?.name ?? '');
  const rule = block.map(({ cells }) => '─'.repeat(cells)).join(' '.repeat(gap));
  return [head, rule, ...rows].map((text) => text.trimEnd());
}

function padded(text: string, cells: number, right: true | undefined): string {
  const cut = shortened(text, cells);
  const blanks = ' '.repeat(cells - displayWidth(cut));
  return right === true ? blanks + cut : cut + blanks;
}
