/** A number as Yahoo formats it: `{"raw":1250000,"fmt":"1.25M"}`. */
export function rawAndText(raw: number): { readonly raw: number; readonly fmt: string } {
  return { raw, fmt: shortText(raw) };
}

/** A date in epoch seconds as Yahoo formats it. */
export function rawDate(raw: number): { readonly raw: number; readonly fmt: string } {
  return { raw, fmt: new Date(raw * 1000).toISOString().slice(0, 10) };
}

const scales = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

function shortText(raw: number): string {
  const [unit, letter] = scales.find(([least]) => Math.abs(raw) >= least) ?? [1, ''];
  return (raw / unit).toFixed(2) + letter;
}
