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

/** An error of `requestFrom` by its problems; null for any other. */
export function problemsFrom(error: unknown): readonly Problem[] | null {
  if (error instanceof InvalidInput) return error.problems;
  if (error instanceof ContradictoryParameters)
    return [{ field: error.field, wish: error.message, found: null }];
  return null;
}

const shownProblems = 5;
const shownText = 80;

function problemsOf(flow: Flow, { issues }: z.ZodError, input: unknown): readonly Problem[] {
  return issues.slice(0, shownProblems).flatMap((issue): readonly Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(flow.parameters.shape).join(', ');
      return issue.keys.map((field) => ({ field, wish: `no parameter; there are ${known}`, found: null }));
    }
    const found = valueAt(input, issue.path);
    const field = issue.path.map(String).join('.');
    return [{ field, wish: issue.message, found: found === undefined ? null : shown(found) }];
  });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= shownText ? text : `${text.slice(0, shownText)}...`;
}

function inWords({ field, wish, found }: Problem): string {
  const place = field === '' ? 'the input' : field;
  return `${place} must be ${wish}${found === null ? '' : `, not ${found}`}`;
}
