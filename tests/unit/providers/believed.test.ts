import { expect, test } from 'vitest';
import { z } from 'zod';
import { DoubtedResponse } from '../../../src/domain/provider-errors.ts';
import { parseMarketDay, SeriesPages } from '../../../src/providers/polygon/parse.ts';
import { readRecords } from '../../../src/providers/polygon/records.ts';

/** More than a hundredth of them has to be bad. */
const many = 400_000;
const looked = many / 100 + 1;

function doubt(read: () => unknown): DoubtedResponse {
  try {
    read();
  } catch (error) {
    if (error instanceof DoubtedResponse) return error;
    throw error;
  }
  throw new Error('it was believed');
}

/** So many rows that are none, and how often one of them was looked at. */
function nothings() {
  let reads = 0;
  const row = {
    get o() {
      reads += 1;
      return undefined;
    },
  };
  return { rows: Array.from({ length: many }, () => row), reads: () => reads };
}

test('no more bad records are looked at than show that none is believed', () => {
  let reads = 0;
  const schema = z.custom<never>(() => {
    reads += 1;
    return false;
  });
  const { message, rejected } = doubt(() => readRecords(new Array(many).fill({}), { schema }));
  expect(reads).toBe(looked);
  expect(rejected).toHaveLength(1_000);
  expect(message).toMatch(/^more than 1000 of 400000 records are bad, and none of the answer is believed/);
});

test.each<[string, (rows: readonly unknown[]) => unknown]>([
  ['market day', (results) => parseMarketDay('2020-04-06', { results })],
  ['series', (results) => new SeriesPages('A', { from: '2020-04-06', to: '2020-04-06' }).add({ results })],
])('nor rows of a %s', (_, parse) => {
  const { rows, reads } = nothings();
  expect(doubt(() => parse(rows)).rejected).toHaveLength(1_000);
  // Once to see that it is none, once to say so, and once for what it says.
  expect(reads()).toBeLessThanOrEqual(3 * looked);
});
