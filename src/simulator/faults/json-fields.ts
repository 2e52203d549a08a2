/** An object of JSON that is being distorted. */
export type Fields = Record<string, unknown>;

/** True for an object of JSON: no list, not null. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
