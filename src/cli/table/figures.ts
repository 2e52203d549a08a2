import type { Cell } from './column.ts';

/**
 * A price at its tick: cents from 1 up, hundredths of a cent below; more only where it was told so, in four decimals.
 * What a division has left behind is no digit of a price.
 */
export function priceText(price: number | null): string | null {
  if (price === null) return null;
  const size = Math.abs(price);
  if (size > 0 && size < 0.0001) return price.toPrecision(2);
  const fine = price.toFixed(4);
  const told = size < 1 || Math.abs(Number(fine) - price) <= 1e-9 * size;
  return told ? fine.replace(/0{1,2}$/, '') : price.toFixed(2);
}

/** A computed value to six significant digits. */
export function significantText(value: number | null): string | null {
  return value === null ? null : String(Number(value.toPrecision(6)));
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** An amount of a statement: in full where it is small, with separators where it is large. */
export function amountText(amount: number): string {
  return Math.abs(amount) >= 1e5 ? grouped.format(amount) : (significantText(amount) ?? '');
}

/** A flag, shown only where it is set. */
export function flagText(set: boolean, word: string): Cell {
  return set ? word : null;
}
