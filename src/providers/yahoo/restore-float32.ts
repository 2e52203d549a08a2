/** With more decimals a float32 times a power of ten does not fit a double, and would be rounded twice. */
const exactDecimals = 12;
/** No float32 needs more to be told from its neighbours. */
const mostDigits = 9;

/**
 * The shortest decimal that maps to the same float32: 185.64 for 185.63999938964844. Yahoo keeps prices in that
 * width. A number that is no float32 is returned as it is.
 */
export function restoreFloat32(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let decimals = 0, power = 1; decimals <= exactDecimals; decimals += 1, power *= 10) {
    const candidate = Math.round(value * power) / power;
    if (Math.fround(candidate) === value) return candidate;
  }
  for (let digits = 1; digits <= mostDigits; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}
