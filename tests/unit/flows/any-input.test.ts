import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flowNames, flows, type FlowName } from '../../../src/flows/index.ts';
import { exchangeCalendar } from '../../../src/calendar/exchange-calendar.ts';
import type { RunRequest } from '../../../src/runs/run.ts';
import { InvalidInput, isInputError, requestFrom } from '../../../src/flows/input.ts';

const askedAt = '2024-06-13T16:00:00.000Z';
/** A workflow's failure is kept and shown: no input makes it long. */
const longestMessage = 5_000;

const dates = fc.constantFrom('2024-01-02', '2024-06-14', '2023-02-29', '2099-01-01', '1850-01-01', '');
const right = fc.oneof(
  dates,
  fc.integer({ min: -1, max: 40_000 }),
  fc.boolean(),
  fc.constantFrom('1h', '1d', 'polygon', 'yahoo', askedAt, '9999-12-31T23:59:59-23:59'),
  fc.array(fc.constantFrom('AAPL', 'BRK.B', 'not a ticker', ''), { maxLength: 4 }),
);
const wrong = fc.oneof(
  fc.constant(null),
  fc.double(),
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary' }),
  fc.nat(200_000).map((length) => 'x'.repeat(length)),
  fc.nat(2_000).map((length) => Array<string>(length).fill('y'.repeat(50))),
);
/** As JSON comes in: what JSON has no word for is not there. */
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Objects with a flow's own fields, right and wrong, and some that it does not have; and what is no object. */
function inputOf(name: FlowName): fc.Arbitrary<unknown> {
  const own = fc.constantFrom(...Object.keys(flows[name].parameters.shape));
  const foreign = fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'toString'));
  const fields = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.tuple(own, fc.oneof({ weight: 3, arbitrary: right }, wrong)) },
      { weight: 1, arbitrary: fc.tuple(foreign, wrong) },
    ),
    { maxLength: 6 },
  );
  const objects = fields.map((entries) => Object.fromEntries(entries));
  return fc.oneof({ weight: 9, arbitrary: objects }, wrong).map(throughJson);
}

type Outcome = { readonly request: RunRequest } | { readonly error: unknown };

function outcomeOf(name: FlowName, input: unknown): Outcome {
  try {
    return { request: requestFrom(flows[name], input, askedAt) };
  } catch (error) {
    return { error };
  }
}

/** A refusal says which of the fields is wrong, or that the whole is none. */
function expectRefusal(name: FlowName, input: unknown, error: unknown): void {
  if (!isInputError(error)) throw error;
  const problems = error instanceof InvalidInput ? error.problems : [error];
  expect(problems.length).toBeGreaterThan(0);
  expect(error.message.length).toBeLessThan(longestMessage);
  const isObject = typeof input === 'object' && !Array.isArray(input);
  const known = [...Object.keys(flows[name].parameters.shape), ...Object.keys(isObject ? (input ?? {}) : {})];
  for (const { field } of problems) {
    expect(error.message).toContain(field === '' ? 'the input' : field);
    if (isObject) expect(known.some((key) => key.startsWith(field.split('.')[0] ?? field))).toBe(true);
    else expect(field).toBe('');
  }
}

/** What is taken has sessions, or is refused as it is opened. */
function expectSessions(name: FlowName, request: RunRequest): void {
  try {
    const { sessions } = flows[name].sessions(request, exchangeCalendar);
    expect(sessions.length > 0).toBe(name !== 'maintenance-cleanup');
  } catch (error) {
    if (!isInputError(error)) throw error;
  }
}

describe.each(flowNames)('%s', (name) => {
  test('makes a request of any JSON, or refuses it and names the field', () => {
    fc.assert(
      fc.property(inputOf(name), (input) => {
        const outcome = outcomeOf(name, input);
        if ('error' in outcome) {
          expectRefusal(name, input, outcome.error);
        } else {
          expect(flows[name].parameters.safeParse(input ?? {}).success).toBe(true);
          expect(throughJson(outcome.request)).toEqual(outcome.request);
          expectSessions(name, outcome.request);
        }
      }),
      { numRuns: 350, seed: 13 },
    );
  });

  test.each([
    ['a list as deep as JSON goes', 'symbols', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['a text of a million letters', 'nominalTime', `"${'x'.repeat(1_000_000)}"`],
    ['ten thousand fields that it does not have', 'f0', null],
  ])('refuses %s in a short sentence', (_, field, value) => {
    const others = Array.from({ length: 10_000 }, (__, index) => `"f${index}":1`).join(',');
    const input: unknown = JSON.parse(value === null ? `{${others}}` : `{"${field}":${value}}`);
    const outcome = outcomeOf(name, input);
    expect(outcome).toMatchObject({ error: { name: 'InvalidInput' } });
    if ('error' in outcome) expectRefusal(name, input, outcome.error);
  });
});

test('a refusal says what was found and what is right, of each field that is wrong', () => {
  const input = { daysBack: 'one', symbols: ['AAPL', 'A B'], maxSymbols: 0, days: 3 };
  const outcome = outcomeOf('polygon-daily-ingestion', input);
  const error = 'error' in outcome ? outcome.error : null;
  if (!(error instanceof InvalidInput)) throw error;
  expect(error.problems.map(({ field, found }) => [field, found])).toEqual([
    ['symbols.1', '"A B"'],
    ['maxSymbols', '0'],
    ['daysBack', '"one"'],
    ['days', null],
  ]);
});

test.each([
  ['daysBack', 36_526, 'daysBack must be at most 36,525, not 36526'],
  ['daysBack', -1, 'daysBack must be a whole number from 0 up, not -1'],
  ['symbols', ['A B'], 'symbols.0 must be a ticker, not "A B"'],
  ['symbols', [], 'symbols must be at least one symbol, not []'],
])('%s of %j is refused in plain words', (field, value, message) => {
  const outcome = outcomeOf('polygon-daily-ingestion', { [field]: value });
  expect(outcome).toMatchObject({ error: { message: `polygon-daily-ingestion: ${message}` } });
});

test.each([['"text"'], ['[]'], ['7'], ['true']])('%s is refused as no object of parameters', (json) => {
  const outcome = outcomeOf('polygon-daily-ingestion', JSON.parse(json));
  const message = `polygon-daily-ingestion: the input must be an object of parameters, not ${json}`;
  expect(outcome).toMatchObject({ error: { message } });
});
