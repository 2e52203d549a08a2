import type { z } from 'zod';

/** What is wrong with one parameter. */
export interface Problem {
  /** Its name, with the place inside of it; empty: the input as a whole. */
  readonly field: string;
  /** What it should be. */
  readonly wish: string;
  /** What it is, as JSON, cut; null: it is missing. */
  readonly found: string | null;
}

/** The objects that a workflow or an update takes. */
export type InputSchema = Pick<z.ZodObject, 'safeParse' | 'shape'>;

const shownProblems = 5;
const shownText = 80;

/** What a schema has against an input, the first few of it. */
export function problemsOf(
  { shape }: InputSchema,
  { issues }: z.ZodError,
  input: unknown,
): readonly Problem[] {
  const problems = issues.slice(0, shownProblems).flatMap((issue): readonly Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      const wish = issue.path.length > 0 ? 'left out' : `no parameter; there are ${namesOf(shape)}`;
      const places = issue.keys.map((key) => cut([...issue.path, key].map(String).join('.')));
      return places.map((field) => ({ field, wish, found: null }));
    }
    const value = valueAt(input, issue.path);
    const field = issue.path.map(String).join('.');
    return [{ field, wish: field === '' ? 'an object of parameters' : issue.message, found: inBrief(value) }];
  });
  return problems.slice(0, shownProblems);
}

function namesOf(shape: object): string {
  return Object.keys(shape).join(', ');
}

/** A value as JSON, cut; null where there is none. */
export function inBrief(value: unknown): string | null {
  if (value === undefined) return null;
  return ArrayBuffer.isView(value)
    ? `${value.byteLength} bytes that are no JSON`
    : cut(JSON.stringify(outline(value)));
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

const outlinedItems = 10;

/** As much of a value as is shown: JSON may be nested deeper than it can be written again. */
export function outline(value: unknown, depth = 3): unknown {
  if (typeof value === 'string') return value.slice(0, 4 * shownText);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return inBrief(value);
  if (depth === 0) return '...';
  if (Array.isArray(value))
    return value.slice(0, outlinedItems).map((item: unknown) => outline(item, depth - 1));
  const fields = Object.entries(value).slice(0, outlinedItems);
  return Object.fromEntries(fields.map(([name, field]) => [name, outline(field, depth - 1)]));
}

function cut(text: string): string {
  return text.length <= shownText ? text : `${text.slice(0, shownText)}...`;
}

/** A problem as part of a sentence. */
export function inWords({ field, wish, found }: Problem): string {
  const place = field === '' ? 'the input' : field;
  return `${place} must be ${wish}${found === null ? '' : `, not ${found}`}`;
}
