import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putRight } from '../../src/pipelines/identity/put-right.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { adjustments } from '../../src/store/adjusted-bars.ts';
import { runCommand, type Variables } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { knownRange, write } from '../support/known-operation.ts';
import { operation } from '../support/known-operations.ts';
import { restoredCopy } from '../support/restored-copy.ts';
import { storedSeries } from '../support/stored-series.ts';

const nights = 20;
const symbols = Array.from({ length: 60 }, (_, number) => `N${String(number).padStart(2, '0')}`);

let store: TestDatabase;
let home: string;
let ids: readonly number[];
const stores: Store[] = [];

beforeAll(async () => {
  store = await freshDatabase();
  const series = await storedSeries(store);
  const entered: number[] = [];
  for (const symbol of symbols) entered.push(await series.instrument(symbol));
  ids = entered;
  home = mkdtempSync(path.join(tmpdir(), 'barwright-nights-'));
});
afterAll(async () => {
  for (const opened of [...stores, store]) await opened.close();
  rmSync(home, { recursive: true });
});

const variablesOf = ({ url }: TestDatabase): Variables => ({
  BARWRIGHT_HOME: home,
  MARKET: 'simulated',
  DATABASE_URL: url,
});

const all = symbols.join(',');
const range = ['--from', knownRange.from, '--to', knownRange.to];

/** What is read each night, as a person would. */
const reads: readonly (readonly string[])[] = [
  ...['polygon', 'yahoo'].flatMap((source) => [
    ...['1d', '1h'].flatMap((interval) =>
      adjustments.map((adjust) => {
        return ['bars', all, ...range, '--source', source, '--interval', interval, '--adjust', adjust];
      }),
    ),
    ['indicators', all, ...range, '--source', source],
  ]),
  ...symbols.slice(0, 4).map((symbol) => ['bars', symbol, ...range, '--on', knownRange.from]),
  ['actions', all],
  ['fundamentals', all],
  ['symbols', 'list'],
  ['symbols', 'list', '--watched'],
  ['symbols', 'list', '--date', knownRange.from],
];

interface Reading {
  readonly args: readonly string[];
  readonly text: string;
  readonly asOf: string;
}

async function read(variables: Variables, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(variables, ...args, '--json');
  // That nobody bore a ticker on a day is an answer.
  if (code !== 0 && !args.includes('--on')) throw new Error(`${args.join(' ')}: ${stdout} ${stderr}`);
  return stdout;
}

/** What a document, or each part of one of several instruments, says that it is as of. */
function asOfText(text: string): string {
  return /"asOf": ?"([^"]+)"/.exec(text)?.[1] ?? '';
}

/** Writers on connections of their own, who write a little each time; what they write is the same in each run of this test. */
function startWriters(url: string, seeds: readonly number[]): () => Promise<void> {
  const writers = seeds.map((seed) => {
    const own = openStore(url, { name: 'writer', max: 1 });
    stores.push(own);
    return { own, operations: fc.sample(operation, { seed, numRuns: 2 * nights * reads.length }).values() };
  });
  return async () => {
    await Promise.all(writers.map(({ own, operations }) => write(own, ids, operations.take(2).toArray())));
  };
}

/** The first readings that are not the same again, with what they were and what they are where they begin to differ. */
async function notTheSame(variables: Variables, readings: readonly Reading[]): Promise<readonly unknown[]> {
  const differing: unknown[] = [];
  for (const { args, text, asOf } of readings) {
    const again = await read(variables, ...args, '--as-of', asOf);
    if (again === text) continue;
    let at = 0;
    while (text[at] === again[at]) at += 1;
    const around = (whole: string) => whole.slice(Math.max(0, at - 200), at + 100);
    differing.push({
      args: args.filter((word) => word !== all).join(' '),
      asOf,
      was: around(text),
      is: around(again),
    });
  }
  return differing.slice(0, 3);
}

test('20 reads of 60 symbols beside three writers are read again as of then, byte for byte, also after a restore', async () => {
  const variables = variablesOf(store);
  const writeSome = startWriters(store.url, [1, 2, 3]);
  const mover = { store, vocabulary: 'polygon', now: () => new Date() } as const;
  const readings: Reading[] = [];
  let moved = 0;
  for (let night = 0; night < nights; night += 1)
    for (const args of reads) {
      const [text] = await Promise.all([read(variables, ...args), writeSome()]);
      const asOf = asOfText(text);
      if (asOf !== '') readings.push({ args, text, asOf });
      if (readings.length % 60 === 0) moved += (await putRight(mover, null)).moved;
    }
  expect(moved).toBeGreaterThan(0);
  expect(new Set(readings.map(({ text }) => text)).size).toBeGreaterThan(0.9 * readings.length);
  expect(await notTheSame(variables, readings)).toEqual([]);
  const restored = await restoredCopy(store);
  stores.push(restored);
  // Who writes there goes on where the dump ended.
  const writeMore = startWriters(restored.url, [4, 5, 6]);
  for (let time = 0; time < 20; time += 1) await writeMore();
  // Of each kind some, of each night others: all of them would take as long as all before.
  const some = readings.filter((_, place) => place % 3 === 0);
  expect(await notTheSame(variablesOf(restored), some)).toEqual([]);
}, 600_000);
