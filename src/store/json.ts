import { cutText, storableText } from '../domain/storable-text.ts';

/** Escapes of what no `jsonb` can hold: NUL, or half a surrogate pair. */
const unstorable = /\\u(?:0000|d[89a-f])/;

/** JSON for a `jsonb` parameter; characters that the database cannot hold are replaced. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value);
  return unstorable.test(text) ? JSON.stringify(value, storableValue) : text;
}

function storableValue(_: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  if (entries.every(([key]) => key === storableText(key))) return value;
  return Object.fromEntries(entries.map(([key, one]) => [storableText(key), one]));
}

/** How much of foreign evidence is kept: of each text, of each list, and within one another. */
const most = { letters: 500, entries: 40, depth: 6 };

/** Foreign JSON, cut to what is worth keeping; numbers that JSON has no form for become text. */
export function evidenceOf(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cutText(value, most.letters);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth >= most.depth) return '...';
  if (Array.isArray(value)) return value.slice(0, most.entries).map((one) => evidenceOf(one, depth + 1));
  const entries = Object.entries(value).slice(0, most.entries);
  return Object.fromEntries(
    entries.map(([key, one]) => [cutText(key, most.letters), evidenceOf(one, depth + 1)]),
  );
}
