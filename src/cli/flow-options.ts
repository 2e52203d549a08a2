import type { Command } from 'commander';
import { z } from 'zod';
import { flowNames, flows, type FlowName } from '../flows/index.ts';
import type { Flow } from '../flows/flow.ts';
import { InvalidInput, requestFrom } from '../flows/input.ts';
import { ContradictoryParameters } from '../runs/contradictory-parameters.ts';
import { optionTexts } from '../flows/parameters.ts';
import type { RunWish } from '../operations/start-run.ts';
import { UsageError } from './errors.ts';
import { parseBoolean, parseChoice, parseCount, parseSymbols } from './parameters.ts';
import { parseRange } from './shared-options.ts';

/** What commander makes of the options of a command. */
export type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Options that stand for others: ranges have two pairs of names. */
const aliases: Readonly<Record<string, string>> = { startDate: 'from', endDate: 'to' };
const general = ['json', 'wait', 'plan', 'wide', 'columns'];

/** The flow of that name; throws `UsageError`. */
export function parseFlow(name: string): FlowName {
  const flow = flowNames.find((candidate) => candidate === name);
  if (flow !== undefined) return flow;
  throw new UsageError(`there is no flow ${JSON.stringify(name)}`, `choose from ${flowNames.join(', ')}`);
}

/** Offers the parameters of flows as options, each once. */
export function addFlowOptions(command: Command, names: readonly FlowName[]): Command {
  const added = new Set<string>();
  const add = (name: string, value: string, description: string) => {
    if (added.has(name)) return;
    added.add(name);
    command.option(`${optionOf(name)} ${value}`, description);
  };
  for (const flow of names) {
    for (const [name, schema] of Object.entries<z.core.$ZodType>(flows[flow].parameters.shape)) {
      const text = optionTexts.get(schema);
      if (text === undefined) continue;
      add(name, text.value, text.description);
      const alias = aliases[name];
      if (alias !== undefined) add(alias, text.value, `the same as ${optionOf(name)}`);
    }
  }
  return command;
}

/** What options ask of a flow, now. Throws `UsageError`, which names the option. */
export function askedOf(name: FlowName, options: Options, now: Date): RunWish {
  const flow: Flow = flows[name];
  refuseForeign(flow, options);
  const parameters = { ...given(flow, options), nominalTime: now.toISOString() };
  try {
    return { parameters, request: requestFrom(flow, parameters, parameters.nominalTime) };
  } catch (error) {
    throw usageErrorOf(error, options);
  }
}

type Shape = Readonly<Record<string, z.core.$ZodType>>;

function offeredNames({ parameters }: Flow): readonly string[] {
  const shape: Shape = parameters.shape;
  return Object.entries(shape).flatMap(([name, schema]) => (optionTexts.has(schema) ? name : []));
}

function refuseForeign(flow: Flow, options: Options): void {
  const known = offeredNames(flow).flatMap((name) => [name, aliases[name] ?? name]);
  const foreign = Object.keys(options).filter((name) => !known.includes(name) && !general.includes(name));
  if (foreign.length === 0) return;
  throw new UsageError(
    `${flow.name} has no parameter ${foreign.map(optionOf).join(', ')}`,
    `its parameters are ${[...new Set(known)].map(optionOf).join(', ')}`,
  );
}

function optionOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The parameters that are given, as JSON values. */
function given(flow: Flow, options: Options): Readonly<Record<string, unknown>> {
  const shape: Shape = flow.parameters.shape;
  const range = rangeGiven(flow, options);
  const others = offeredNames(flow).flatMap((name): readonly (readonly [string, unknown])[] => {
    const text = options[name];
    if (text === undefined || name in aliases) return [];
    return [[name, valueOf(optionOf(name), shape[name] ?? z.never(), text)]];
  });
  return { ...Object.fromEntries(others), ...range };
}

/** The two dates of a range, where the flow has one and any is given or has to be. */
function rangeGiven(flow: Flow, options: Options): object {
  const { startDate }: Shape = flow.parameters.shape;
  if (startDate === undefined || !optionTexts.has(startDate)) return {};
  const required = !(startDate instanceof z.ZodOptional);
  const some = Object.entries(aliases)
    .flat()
    .some((name) => options[name] !== undefined);
  if (!required && !some) return {};
  const { from, to } = parseRange(options);
  return { startDate: from, endDate: to };
}

/** An option's text as the value that its schema takes; what the schema itself checks is left to it. */
function valueOf(option: string, schema: z.core.$ZodType, text: string | boolean): unknown {
  const inner = innermost(schema);
  if (inner instanceof z.ZodNumber) return parseCount(option, String(text), inner.minValue ?? 0);
  if (inner instanceof z.ZodBoolean) return parseBoolean(option, String(text));
  if (inner instanceof z.ZodArray) {
    const { element } = inner;
    if (!(element instanceof z.ZodEnum)) return parseSymbols(String(text));
    const words = element.options.map(String);
    return String(text)
      .split(',')
      .map((word) => parseChoice(option, word.trim(), words));
  }
  if (inner instanceof z.ZodEnum) return parseChoice(option, String(text), inner.options.map(String));
  return String(text);
}

function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
    ? innermost(schema.unwrap())
    : schema;
}

/** An error of parameters as one of options, by the names that were typed; any other as it is. */
export function usageErrorOf(error: unknown, options: Options = {}): unknown {
  const typed = (name: string) => {
    const alias = aliases[name];
    return optionOf(
      alias !== undefined && options[name] === undefined && options[alias] !== undefined ? alias : name,
    );
  };
  if (error instanceof ContradictoryParameters)
    return new UsageError(error.message.replaceAll(error.field, typed(error.field)), error.remedy);
  if (!(error instanceof InvalidInput)) return error;
  const [{ field, wish, found } = { field: '', wish: error.message, found: null }] = error.problems;
  return new UsageError(
    `${typed(field)}${found === null ? '' : ` ${found}`} is not ${wish}`,
    `correct ${typed(field)}`,
  );
}
