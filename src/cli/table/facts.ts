import type { Column } from './column.ts';

/** One thing that is known of something, for a table of two columns. */
export interface Fact {
  readonly name: string;
  readonly value: string | null;
}

export const factColumns: readonly Column<Fact>[] = [
  { name: 'what', cell: ({ name }) => name },
  { name: 'value', cell: ({ value }) => value, least: 24 },
];

/** The fields of a document as facts: a list has a row each, a document in it a row a field. */
export function factsOf(document: object, prefix = ''): readonly Fact[] {
  return Object.entries(document).flatMap(([key, value]: [string, unknown]) =>
    factsAt(prefix + wordsOf(key), value),
  );
}

const longestList = 10;

function factsAt(name: string, value: unknown): readonly Fact[] {
  if (value === null || value === undefined) return [{ name, value: null }];
  if (Array.isArray(value)) return listFacts(name, value as readonly unknown[]);
  if (typeof value === 'object') return factsOf(value, `${name} `);
  return [{ name, value: typeof value === 'string' ? value : JSON.stringify(value) }];
}

/** What is short stands on one line. */
function listFacts(name: string, list: readonly unknown[]): readonly Fact[] {
  const texts = list.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  if (texts.every((text) => text.length <= 12)) return [{ name, value: texts.join(', ') }];
  const shown = texts.slice(0, longestList).map((value, index) => ({ name: index === 0 ? name : '', value }));
  const more = texts.length - shown.length;
  return more > 0 ? [...shown, { name: '', value: `and ${more} more` }] : shown;
}

const wordsOf = (key: string) => key.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
