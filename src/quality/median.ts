/** The median of numbers, those that are none left out; NaN where there is none. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = new Float64Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? NaN;
    if (!Number.isNaN(value)) sorted[count++] = value;
  }
  const known = sorted.subarray(0, count).sort();
  const middle = count >> 1;
  const upper = known[middle] ?? NaN;
  return count % 2 === 1 ? upper : (upper + (known[middle - 1] ?? NaN)) / 2;
}
