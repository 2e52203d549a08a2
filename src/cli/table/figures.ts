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

/** A count or volume with separators. */
export function countText(count: number | null): string | null {
  return count === null ? null : grouped.format(count);
}

/** An amount of a statement: in full where it is small, with separators where it is large. */
export function amountText(amount: number): string {
  return Math.abs(amount) >= 1e5 ? grouped.format(amount) : (significantText(amount) ?? '');
}

/** A time taken, in its two largest units. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`;
  return `${seconds} s`;
}

/** A flag, shown only where it is set. */
export function flagText(set: boolean, word: string): Cell {
  return set ? word : null;
}
