import type { z } from 'zod';
import { addDays } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import type { AnyRequest } from '../runs/run.ts';
import { ContradictoryParameters } from '../runs/contradictory-parameters.ts';
import type { Flow } from './flow.ts';
import { inBrief, inWords, problemsOf, type Problem } from './input-problems.ts';

/** Input that is no set of parameters; names every field, what was found and what is right. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  readonly problems: readonly Problem[];
  /** `of` is what the input is of: a flow, a workflow, an order. */
  constructor(of: string, problems: readonly Problem[]) {
    super(`${of}: ${problems.map(inWords).join('; ')}`);
    this.problems = problems;
  }
}

/** An input as its schema reads it; nothing is no parameter. Throws `InvalidInput`. */
function checkedInput<Schema extends z.ZodObject>(
  of: string,
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  // Bytes are an object as well, of as many fields.
  if (ArrayBuffer.isView(input)) throw notTheInput(of, 'an object of parameters', input);
  const parsed = schema.safeParse(input ?? {});
  if (!parsed.success) throw new InvalidInput(of, problemsOf(schema, parsed.error, input));
  return parsed.data;
}

/** The one input among arguments; throws `InvalidInput` where there are several. */
export function onlyInput(of: string, args: readonly unknown[]): unknown {
  if (args.length > 1) throw notTheInput(of, 'one object of parameters', args);
  return args[0];
}

/** The one input among arguments, as its schema reads it; throws `InvalidInput`. */
export function checkedArguments<Schema extends z.ZodObject>(
  of: string,
  schema: Schema,
  args: readonly unknown[],
): z.output<Schema> {
  return checkedInput(of, schema, onlyInput(of, args));
}

/** Throws `InvalidInput` unless arguments say nothing. */
export function requireNoInput(of: string, args: readonly unknown[]): void {
  const input = onlyInput(of, args) ?? {};
  const says = typeof input !== 'object' || ArrayBuffer.isView(input) || Object.keys(input).length > 0;
  if (says || Array.isArray(input)) throw notTheInput(of, 'left out', input);
}

function notTheInput(of: string, wish: string, input: unknown): InvalidInput {
  return new InvalidInput(of, [{ field: '', wish, found: inBrief(input) }]);
}

/** The clock of no market is further ahead. */
const farthestAheadDays = 731;

/**
 * The request of a flow's parameters, asked at an instant (ISO 8601) unless they name one. Nothing is no parameter.
 * Throws `InvalidInput` or `ContradictoryParameters`.
 */
export function requestFrom<Schema extends z.ZodObject, Request extends AnyRequest>(
  flow: Flow<Schema, Request>,
  input: unknown,
  askedAt: string,
): Request {
  const parameters = checkedInput(flow.name, flow.parameters, input);
  const { nominalTime } = parameters as { readonly nominalTime?: string };
  if (nominalTime !== undefined) requireReached(nominalTime, askedAt);
  return flow.request(parameters, new Date(nominalTime ?? askedAt).toISOString());
}

function requireReached(nominalTime: string, askedAt: string): void {
  const farthest = addDays(exchangeDate(Date.parse(askedAt)), farthestAheadDays);
  if (exchangeDate(Date.parse(nominalTime)) <= farthest) return;
  const message = `nominalTime ${nominalTime} is in the future`;
  throw new ContradictoryParameters('nominalTime', message, 'leave it out: the moment of the start is meant');
}

/** True for what a door has against its input. */
export function isInputError(error: unknown): error is InvalidInput | ContradictoryParameters {
  return error instanceof InvalidInput || error instanceof ContradictoryParameters;
}
