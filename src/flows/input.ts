import type { z } from 'zod';
import type { RunRequest } from '../runs/run.ts';
import { ContradictoryParameters } from '../runs/contradictory-parameters.ts';
import type { Flow } from './flow.ts';

/** What is wrong with one parameter. */
export interface Problem {
  /** Its name, with the place inside of it; empty: the input as a whole. */
  readonly field: string;
  /** What it should be. */
  readonly wish: string;
  /** What it is, as JSON, cut; null: it is missing. */
  readonly found: string | null;
}

/** Input that is no set of parameters of a flow; names every field, what was found and what is right. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly problems: readonly Problem[];
  constructor(flow: string, problems: readonly Problem[]) {
    super(`${flow}: ${problems.map(inWords).join('; ')}`);
    this.problems = problems;
  }
}

/**
 * The request of a flow's parameters, asked at an instant (ISO 8601) unless they name one. Nothing is no parameter.
 * Throws `InvalidInput` or `ContradictoryParameters`.
 */
export function requestFrom<Schema extends z.ZodObject, Request extends RunRequest>(
  flow: Flow<Schema, Request>,
  input: unknown,
  askedAt: string,
): Request {
  const parsed = flow.parameters.safeParse(input ?? {});
  if (!parsed.success) throw new InvalidInput(flow.name, problemsOf(flow, parsed.error, input));
  const { nominalTime } = parsed.data as { readonly nominalTime?: string };
  const nominal = new Date(nominalTime ?? askedAt).toISOString();
  return flow.request(parsed.data, nominal);
}

/** True for what `requestFrom` has against its input. */
export function isInputError(error: unknown): error is InvalidInput | ContradictoryParameters {
  return error instanceof InvalidInput || error instanceof ContradictoryParameters;
}

const shownProblems = 5;
const shownText = 80;

function problemsOf(flow: Flow, { issues }: z.ZodError, input: unknown): readonly Problem[] {
  const problems = issues.slice(0, shownProblems).flatMap((issue): readonly Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(flow.parameters.shape).join(', ');
      const wish = `no parameter; there are ${known}`;
      return issue.keys.map((key) => ({ field: cut(key), wish, found: null }));
    }
    const found = valueAt(input, issue.path);
    const field = issue.path.map(String).join('.');
    const wish = field === '' ? 'an object of parameters' : issue.message;
    return [{ field, wish, found: found === undefined ? null : cut(JSON.stringify(outline(found))) }];
  });
  return problems.slice(0, shownProblems);
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
function outline(value: unknown, depth = 3): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '...';
  if (Array.isArray(value))
    return value.slice(0, outlinedItems).map((item: unknown) => outline(item, depth - 1));
  const fields = Object.entries(value).slice(0, outlinedItems);
  return Object.fromEntries(fields.map(([name, field]) => [name, outline(field, depth - 1)]));
}

function cut(text: string): string {
  return text.length <= shownText ? text : `${text.slice(0, shownText)}...`;
}

function inWords({ field, wish, found }: Problem): string {
  const place = field === '' ? 'the input' : field;
  return `${place} must be ${wish}${found === null ? '' : `, not ${found}`}`;
}
