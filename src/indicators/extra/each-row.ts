import type { Arena } from '../arena.ts';

/** What is known of what the library gives row by row. */
interface Expected {
  /** By column: the row, counted from 0, of its first value. */
  readonly firstRows: readonly number[];
  /** The library gives nothing where it should give 0. */
  readonly leavesOutZero?: boolean;
}

/** The library gave a value where there is none, or none where there is one. */
class Misaligned extends Error {
  override readonly name = 'Misaligned';
}

/**
 * The columns of what the library gives for one row after the other. Its lists would not say which rows they are of.
 * Throws `Misaligned` for a value too many or too few; one that is not finite is none.
 */
export function eachRow(
  arena: Arena,
  { rows, firstRows, leavesOutZero = false }: Expected & { readonly rows: number },
  next: (row: number) => readonly (number | undefined)[],
): readonly Float64Array[] {
  const columns = firstRows.map(() => arena.newColumn(rows));
  for (let row = 0; row < rows; row += 1) {
    const values = next(row);
    for (const [at, column] of columns.entries()) {
      const value = values[at];
      const due = row >= (firstRows[at] ?? 0);
      if (due ? value === undefined && !leavesOutZero : value !== undefined) {
        const what = due ? 'gave no value' : 'gave a value too early';
        throw new Misaligned(`${what}, in row ${row} of ${rows}`);
      }
      if (due) column[row] = finite(value ?? 0);
    }
  }
  return columns;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}
