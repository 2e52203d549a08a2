import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import { isRepairable } from '../../src/domain/gap.ts';
import { flows } from '../../src/flows/index.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { dueCells } from '../../src/pipelines/planning/due-cells.ts';
import { previewRun } from '../../src/pipelines/planning/preview-run.ts';
import { planRepair, readGaps } from '../../src/pipelines/gaps/plan-repair.ts';
import { readUniverse } from '../../src/store/instruments.ts';
import { runCommand } from '../support/command-in-process.ts';
import { coveredMarket } from '../support/covered-market.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
const at = '2024-02-15T12:00:00.000Z';
const january = sessionDatesBetween({ from: '2024-01-02', to: '2024-01-31' });
const range = { from: '2024-01-02', to: '2024-01-31' };
let store: TestDatabase;

beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});
beforeEach(async () => {
  await empty();
  await sql`update market.instruments set watched = false`.execute(store.db);
});

const empty = () =>
  sql`truncate market.daily_bars, market.bar_absences, market.rejected_rows`.execute(store.db);

const some = fc.uniqueArray(fc.nat(january.length - 1));
const life = fc.record({
  settled: some,
  moving: some,
  quiet: some,
  doubted: some,
  other: some,
  refused: some,
});

test('what asking may help is what the planner asks for, but for bars that may still move', async () => {
  const market = coveredMarket(store);
  const symbols = ['AAA', 'BBB', 'CCC'];
  const ids = [await market.instrument('AAA', { watched: true }), await market.instrument('BBB')];
  ids.push(await market.instrument('CCC', { delistedOn: '2024-01-19' }));
  const on = (places: readonly number[]) => places.map((place) => january[place] ?? '').toSorted();
  await fc.assert(
    fc.asyncProperty(fc.tuple(life, life, life), async (lives) => {
      await empty();
      for (const [index, one] of lives.entries()) {
        const id = ids[index] ?? NaN;
        const settled = one.settled.filter((place) => !one.moving.includes(place));
        await market.absent(id, on(one.quiet));
        await market.absent(id, on(one.doubted), { confirmed: false });
        await market.bars(id, on(settled));
        await market.bars(id, on(one.moving), { settled: false });
        await market.bars(id, on(one.other), { source: 'yahoo' });
        for (const session of on(one.refused)) await market.refused(id, session);
      }
      for (const names of [null, symbols.slice(0, 2)]) await expectAgreement(names);
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

/** The cells that asking may help are due; and the runs of a repair ask for them, and for what may still move there. */
async function expectAgreement(names: readonly string[] | null): Promise<void> {
  const universe = await readUniverse(store.db, range);
  const instruments = universe.filter(({ symbol }) => names?.includes(symbol) ?? true);
  const wish = { instruments: names === null ? null : instruments, range, at };
  const { series } = await readGaps(store.db, wish);
  const asked = series.flatMap(({ instrument, source, gaps }) =>
    gaps
      .filter(({ reason }) => isRepairable(reason))
      .flatMap((gap) =>
        sessionDatesBetween(gap).map((session) => `${instrument.symbol} ${source} ${session}`),
      ),
  );
  const { runs, missing } = await planRepair(store.db, wish);
  expect(missing).toBe(asked.length);
  const planned: string[] = [];
  for (const { flow, parameters } of runs) {
    const request = requestFrom(flows[flow], parameters, at);
    if (!('interval' in request) || !('range' in request.sessions)) throw new Error('it brings no range');
    const sessions = sessionDatesBetween(request.sessions.range);
    const named = request.symbols;
    const theirs = series.filter(
      ({ source, instrument }) =>
        source === request.source && (named === undefined || named.includes(instrument.symbol)),
    );
    const loads = theirs.map(({ instrument: { id, symbol, delistedOn } }) => {
      return { id, instrumentId: id, symbol, delistedOn };
    });
    const due = await dueCells(store.db, { request, sessions: { sessions, again: [] }, loads });
    for (const { id, missing: places } of due.series) {
      const moving = new Set(due.known.provisional.get(id));
      const symbol = loads.find((load) => load.id === id)?.symbol ?? '';
      for (const place of Array.from(places)) {
        const session = sessions[place] ?? '';
        if (!moving.has(dayNumber(session))) planned.push(`${symbol} ${request.source} ${session}`);
      }
    }
    const { cells } = await previewRun({ db: store.db, requestsPerMinute: 60 }, request);
    expect(cells).toBe(due.series.reduce((sum, one) => sum + one.missing.length, 0));
  }
  expect(planned.toSorted()).toEqual(asked.toSorted());
}

const run = (...args: readonly string[]) =>
  runCommand({ BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated' }, 'repair', ...args);
const plan = ['--plan', '--from', range.from, '--to', range.to];

test('a plan has the figures of a backfill, and names what it would run', async () => {
  const market = coveredMarket(store);
  const id = await market.instrument('AAA');
  await market.bars(id, january.slice(0, -3));
  const { stdout, stderr, code } = await run(...plan, '--symbols', 'AAA', '--json');
  expect(code).toBe(0);
  expect(stderr).toContain('would run polygon-historical-backfill/2024-01-29..2024-01-31/1d/');
  expect(JSON.parse(stdout)).toEqual({
    requests: { total: 1, wholeMarket: 0, perSymbol: 1, lookups: 0 },
    ...{ symbols: 1, sessions: 3, cells: 3, expectedRows: 3, market: 'SIMULATED' },
    estimatedSeconds: expect.any(Number) as unknown,
    quotaLeft: expect.any(Number) as unknown,
  });
});

test('where nothing lacks but for a reason there is nothing to ask', async () => {
  const market = coveredMarket(store);
  const id = await market.instrument('AAA');
  await market.bars(id, january.slice(1));
  await market.absent(id, january.slice(0, 1));
  const { stdout, stderr, code } = await run(...plan, '--symbols', 'AAA', '--json');
  expect([code, stderr]).toEqual([0, 'nothing to repair: what lacks, lacks for a reason\n']);
  expect(JSON.parse(stdout)).toMatchObject({ cells: 0, requests: { total: 0 } });
});

test.each([
  [['--plan', '--symbols', 'NOSUCH'], 'no instrument NOSUCH'],
  [['--plan', '--from', '2024-01-02'], '--to is missing'],
  [['--plan', '--from', '2024-01-31', '--to', '2024-01-02'], 'the range is reversed'],
])('%j is refused: %s', async (args, message) => {
  const { stdout, stderr, code } = await run(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
