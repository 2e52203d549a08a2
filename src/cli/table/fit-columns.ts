/** What a column asks of the width. */
export interface ColumnShape {
  /** Cells of its longest text, the head included. */
  readonly natural: number;
  /** It may be cut to so many. */
  readonly least: number;
  readonly rank: number;
}

/** Columns side by side: which, and how wide each. */
export type Block = readonly { readonly index: number; readonly cells: number }[];

/** Cells between two columns. */
export const gap = 2;

/** The columns that a width holds: lower ranks first, and of a rank those further left. At least the first one. */
export function fittingBlock(shapes: readonly ColumnShape[], width: number): Block {
  const kept = new Set<number>([0]);
  const ranks = [...new Set(shapes.map(({ rank }) => rank))].sort((one, other) => one - other);
  for (const rank of ranks) {
    const fit = shapes
      .flatMap((shape, index) => (shape.rank === rank ? index : []))
      .map((index) => {
        const grown = [...new Set([...kept, index])];
        const fits = needed(shapes, grown) <= width;
        if (fits) kept.add(index);
        return fits;
      });
    // What is less important never takes the place of what is more.
    if (fit.includes(false)) break;
  }
  const indexes = [...kept].sort((one, other) => one - other);
  return spread(shapes, indexes, width);
}

/** All columns, side by side where a width holds them, else in blocks below each other that all begin with the first. */
export function blocksOf(shapes: readonly ColumnShape[], width: number, mayCut: boolean): readonly Block[] {
  const all = [...shapes.keys()];
  const whole = shapes.map((shape) => (mayCut ? shape : { ...shape, least: shape.natural }));
  if (needed(whole, all) <= width) return [spread(shapes, all, width)];
  const [first = 0, ...others] = shapes.map(({ natural }) => natural);
  const key = Math.min(first, Math.floor((width - gap) / 2));
  const blocks: { readonly index: number; readonly cells: number }[][] = [];
  let left = 0;
  for (const [offset, natural] of others.entries()) {
    const cells = Math.min(natural, width - key - gap);
    if (blocks.length === 0 || left < gap + cells) {
      blocks.push([{ index: 0, cells: key }]);
      left = width - key;
    }
    blocks.at(-1)?.push({ index: offset + 1, cells });
    left -= gap + cells;
  }
  return blocks.length === 0 ? [[{ index: 0, cells: Math.min(first, width) }]] : blocks;
}

function needed(shapes: readonly ColumnShape[], indexes: readonly number[]): number {
  const cells = indexes.reduce((sum, index) => sum + (shapes[index]?.least ?? 0), 0);
  return cells + gap * (indexes.length - 1);
}

/** Gives what a width has left to the columns that are cut, evenly. */
function spread(shapes: readonly ColumnShape[], indexes: readonly number[], width: number): Block {
  const wishes = indexes.map((index) => ({ index, ...(shapes[index] ?? { natural: 0, least: 0 }) }));
  let left = Math.max(0, width - needed(shapes, indexes));
  const cells = new Map(wishes.map(({ index, least }) => [index, Math.min(least, width)]));
  const cut = wishes
    .filter(({ natural, least }) => natural > least)
    .sort((one, other) => one.natural - one.least - (other.natural - other.least));
  for (const [position, { index, natural, least }] of cut.entries()) {
    const share = Math.min(natural - least, Math.floor(left / (cut.length - position)));
    cells.set(index, Math.min(least + share, width));
    left -= share;
  }
  return indexes.map((index) => ({ index, cells: cells.get(index) ?? 0 }));
}
