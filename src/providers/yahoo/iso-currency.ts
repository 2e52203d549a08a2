/** Null for what is no ISO 4217 code, such as `GBp`, which is pence. */
export function isoCurrency(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && /^[A-Z]{3}$/.test(text) ? text : null;
}
