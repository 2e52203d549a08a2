import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { addFlowOptions, askedOf, type Options } from '../../../src/cli/flow-options.ts';
import { UsageError } from '../../../src/cli/errors.ts';
import { flowNames, flows, type FlowName } from '../../../src/flows/index.ts';
import { requestFrom } from '../../../src/flows/input.ts';
import { optionTexts } from '../../../src/flows/parameters.ts';

const now = new Date('2024-06-13T16:00:00.000Z');

/** One value of each parameter: as JSON, and as a person types it. */
const samples: Readonly<Record<string, readonly [unknown, string]>> = {
  symbols: [['AAPL', 'BRK.B'], 'AAPL, BRK.B'],
  maxSymbols: [7, '7'],
  daysBack: [12, '12'],
  incremental: [false, 'false'],
  sessions: [3, '3'],
  startDate: ['2024-01-02', '2024-01-02'],
  endDate: ['2024-03-28', '2024-03-28'],
  interval: ['1d', '1d'],
  includeFundamentals: [true, 'true'],
  includeKeyStatistics: [true, 'true'],
  calculationDate: ['2024-06-12', '2024-06-12'],
  dataSource: ['polygon', 'polygon'],
  extra: [false, 'false'],
  checks: [['wick', 'unit'], 'wick, unit'],
  runEventsDays: [30, '30'],
  dryRun: [true, 'true'],
};

const offered = (name: FlowName) =>
  Object.entries<z.core.$ZodType>(flows[name].parameters.shape).flatMap(([parameter, schema]) =>
    optionTexts.has(schema) ? [parameter] : [],
  );
const optionOf = (parameter: string) =>
  `--${parameter.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function typed(name: FlowName, words: readonly string[]): Options {
  const command = addFlowOptions(new Command().exitOverride(), [name]);
  return command.parse(words, { from: 'user' }).opts<Options>();
}

/** Parameters that go together: a range is two dates, and takes the place of the others. */
function together(name: FlowName, chosen: readonly string[]): readonly string[] {
  const dates = ['startDate', 'endDate'];
  const isRange = name === 'polygon-historical-backfill' || chosen.some((one) => dates.includes(one));
  if (!isRange) return chosen;
  const others = chosen.filter((one) => !['daysBack', 'calculationDate', ...dates].includes(one));
  return [...others, ...dates];
}

function expectSame(name: FlowName, parameters: readonly string[]): void {
  const words = parameters.flatMap((one) => [optionOf(one), samples[one]?.[1] ?? '']);
  const json = Object.fromEntries(parameters.map((one) => [one, samples[one]?.[0]]));
  const asked = askedOf(name, typed(name, words), now);
  expect(asked.request).toEqual(requestFrom(flows[name], json, now.toISOString()));
  // What is sent to the worker asks the same there, whenever it is read.
  expect(requestFrom(flows[name], asked.parameters, '2031-01-01T00:00:00Z')).toEqual(asked.request);
}

describe.each(flowNames)('%s', (name) => {
  test('has a sample of each of its options here', () => {
    expect(offered(name).filter((parameter) => samples[parameter] === undefined)).toEqual([]);
  });

  test.each(offered(name))('asks by the option of %s what the parameter asks', (parameter) => {
    expectSame(name, together(name, [parameter]));
  });

  test('asks by any options together what the parameters ask', () => {
    fc.assert(
      fc.property(fc.subarray([...offered(name)]), (chosen) => expectSame(name, together(name, chosen))),
    );
  });

  test('refuses an option of another flow by its name', () => {
    const foreign = flowNames.flatMap(offered).filter((parameter) => !offered(name).includes(parameter));
    for (const parameter of foreign) {
      const refused = () => askedOf(name, { [parameter]: samples[parameter]?.[1] }, now);
      expect(refused).toThrow(UsageError);
      expect(refused).toThrow(optionOf(parameter));
    }
  });
});

test.each([['polygon-historical-backfill' as const], ['indicators-daily-calculation' as const]])(
  '%s takes --from and --to for the dates of its range',
  (name) => {
    const [from, to] = ['2024-01-02', '2024-03-28'];
    const short = askedOf(name, typed(name, ['--from', from, '--to', to]), now);
    const long = askedOf(name, typed(name, ['--start-date', from, '--end-date', to]), now);
    expect(short).toEqual(long);
  },
);

test.each([
  ['--days-back', 'x'],
  ['--days-back', '-1'],
  ['--days-back', '36526'],
  ['--max-symbols', '0'],
  ['--symbols', ''],
  ['--symbols', 'AAPL,A B'],
  ['--incremental', 'maybe'],
])('%s %j is refused, and the option is named', (option, text) => {
  const options = {
    [option.slice(2).replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())]: text,
  };
  const refused = () => askedOf('polygon-daily-ingestion', options, now);
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(option === '--symbols' ? 'symbols' : option);
});

test.each([
  [{ from: 'yesterday', to: '2024-05-31' }, '--from "yesterday"'],
  [{ startDate: 'yesterday', endDate: '2024-05-31' }, '--start-date "yesterday"'],
  [{ from: '2024-05-01', to: '2024-02-30' }, '--to "2024-02-30"'],
  [{ startDate: '2024-05-01', to: 'x' }, '--to "x"'],
  [{ from: '2024-05-01' }, '--to is missing'],
  [{ startDate: '2024-05-01' }, '--end-date is missing'],
  [{}, '--start-date is missing'],
  [{ from: '1066-10-14', to: '2024-05-31' }, '--from '],
])('a range of %j is refused by the names that were typed', (options, says) => {
  const refused = () => askedOf('polygon-historical-backfill', options, now);
  expect(refused).toThrow(UsageError);
  expect(refused).toThrow(says);
});
