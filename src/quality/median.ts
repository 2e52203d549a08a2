/** The median of numbers, those that are none left out; NaN where there is none. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = new Float64Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? NaN;
    if (!Number.isNaN(value)) sorted[count++] = value;
  }
  return middleOf(sorted.subarray(0, count).sort());
}

/** The median of numbers in their order; NaN where there is none. */
export function middleOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}
