import { RequestRefused } from '../../domain/provider-errors.ts';

type Rule = readonly [pattern: RegExp, replacement: string];

/** Polygon's spelling to Yahoo's; the first rule that matches counts, what matches none is written alike. */
const rules: readonly Rule[] = [
  // Warrants, of a series or not: ACHR.WS, AAM.WS.A.
  [/^([A-Z]+)\.WS(?:\.([A-Z]))?$/, '$1-WT$2'],
  // Units: AAC.U.
  [/^([A-Z]+)\.U$/, '$1-UN'],
  // A share class: BRK.B. At Yahoo .L and .T are London and Tokyo, and no US class has them.
  [/^([A-Z]+)\.([A-KM-SV-Z])$/, '$1-$2'],
  // Preferred shares, of a series or not: BACpL.
  [/^([A-Z]+)p([A-Z]?)$/, '$1-P$2'],
  // Rights.
  [/^([A-Z]+)r$/, '$1-RI'],
  // When issued.
  [/^([A-Z]+)w$/, '$1-WI'],
];

/** What can stand in a path; dots alone would climb in it. */
const possible = /^[A-Z0-9^][A-Z0-9^=.\-&]{0,19}$/;

/** The symbol as Yahoo writes it. Throws `RequestRefused` for text that is none. */
export function yahooSymbol(symbol: string): string {
  const rule = rules.find(([pattern]) => pattern.test(symbol));
  const written = rule === undefined ? symbol : symbol.replace(...rule);
  if (possible.test(written)) return written;
  throw new RequestRefused('no symbol that Yahoo could have');
}
