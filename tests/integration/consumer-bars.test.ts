import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { barFields } from '../../src/domain/blocked.ts';
import { sourceNames, type SourceName } from '../../src/domain/source.ts';
import { correctFinding } from '../../src/operations/correct-finding.ts';
import { settleFinding } from '../../src/operations/settle-finding.ts';
import { takeInstant } from '../../src/store/as-of.ts';
import { blockedSessions, readConsumerBars } from '../../src/store/consumer-bars.ts';
import { recordFindings, type Finding } from '../../src/store/findings.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { runCommand } from '../support/command-in-process.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

const home = mkdtempSync(path.join(tmpdir(), 'barwright-home-'));
const dates = sessionsBetween({ from: '2024-01-02', to: '2024-01-12' }).map(({ session }) => session);
const [first = '', second = '', third = ''] = dates;
const range = { from: first, to: dates.at(-1) ?? '' };
let store: TestDatabase;
let series: Readonly<Record<SourceName, StoredSeries>>;
let id = 0;

beforeAll(async () => {
  store = await freshDatabase();
  const [polygon, yahoo] = [await storedSeries(store), await storedSeries(store, 'yahoo')];
  series = { polygon, yahoo };
  id = await polygon.instrument('ONE');
});
afterAll(async () => {
  await store.close();
  rmSync(home, { recursive: true });
});
beforeEach(() =>
  emptyTables(store, [
    ...dailyTables,
    ...[
      'daily_bar_versions',
      'quality_findings',
      'finding_events',
      'bar_corrections',
      'bar_correction_versions',
    ],
    'corporate_actions',
  ]),
);

const bar = (close: number) => [close, close + 1, close - 1, close, 1000] as const;
const write = (source: SourceName, bars: Readonly<Record<string, number>>) =>
  series[source].write(
    id,
    Object.entries(bars).map(([date, close]) => [date, bar(close)]),
  );
const provisional = (source: SourceName, session: string) =>
  sql`update market.daily_bars set settled = false where instrument_id = ${id} and source = ${source}
    and session_date = ${session}::date`.execute(store.db);
const found = (over: Partial<Finding> = {}): Finding => ({
  ...{ rule: 'wick', severity: 'error', instrumentId: id, source: 'polygon', interval: '1d' },
  range: { from: first, to: first },
  evidence: { bar: { low: 1 }, fields: [{ field: 'low' }] },
  ...over,
});
async function record(over: Partial<Finding> = {}): Promise<number> {
  await recordFindings(store.db, null, [found(over)]);
  const [latest] = (
    await readFindings(store.db, { instrumentIds: null, severity: null, status: null })
  ).toSorted((one, other) => other.id - one.id);
  return latest?.id ?? 0;
}
const served = async (over: { adjust?: 'raw' | 'split'; asOf?: string } = {}) =>
  (await readConsumerBars(store.db, { instrumentIds: [id], range, adjust: 'raw', ...over })).get(id) ?? [];
const inBrief = async (asOf?: string) =>
  (await served(asOf === undefined ? {} : { asOf })).map(
    ({ session, source, close }) => `${session} ${source} ${close}`,
  );
const said = { person: 'ann@desk', reason: 'the filing says so' };

test('each session is the first source’s that is settled and not blocked, else one that is not settled', async () => {
  await write('polygon', { [first]: 10, [second]: 11 });
  await write('yahoo', { [first]: 20, [second]: 21, [third]: 22 });
  expect(await inBrief()).toEqual([`${first} polygon 10`, `${second} polygon 11`, `${third} yahoo 22`]);
  await provisional('polygon', second);
  expect((await inBrief())[1]).toBe(`${second} yahoo 21`);
  await provisional('yahoo', second);
  expect((await inBrief())[1]).toBe(`${second} polygon 11`);
  await record();
  expect((await inBrief())[0]).toBe(`${first} yahoo 20`);
});

test('a session of which every bar is blocked is left out, and named', async () => {
  await write('polygon', { [first]: 10, [second]: 11 });
  await record();
  expect(await inBrief()).toEqual([`${second} polygon 11`]);
  expect(await blockedSessions(store.db, { instrumentIds: [id], range })).toEqual(new Map([[id, [first]]]));
});

describe('a correction', () => {
  test('is seen here alone, says so, and unblocks the bar', async () => {
    await write('polygon', { [first]: 10 });
    const finding = await record();
    await correctFinding(store, finding, { field: 'low', value: 9.5, ...said });
    expect(await served()).toMatchObject([
      { source: 'polygon', low: 9.5, high: 11, close: 10, corrected: ['low'], findings: [finding] },
    ]);
    const { rows } = await sql`select low from market.daily_bars where instrument_id = ${id}`.execute(
      store.db,
    );
    expect(rows).toEqual([{ low: 9 }]);
    expect(
      (await readFindings(store.db, { instrumentIds: [id], severity: null, status: 'open' })).length,
    ).toBe(1);
  });

  test('is of the value that it corrects: another one is not corrected', async () => {
    await write('polygon', { [first]: 10 });
    await correctFinding(store, await record(), { field: 'low', value: 9.5, ...said });
    await write('polygon', { [first]: 12 });
    expect(await served()).toEqual([]);
    expect(await blockedSessions(store.db, { instrumentIds: [id], range })).toEqual(new Map([[id, [first]]]));
  });

  test('of fields that another is wrong beside leaves the bar blocked', async () => {
    await write('polygon', { [first]: 10 });
    const finding = await record({ evidence: { fields: [{ field: 'low' }, { field: 'open' }] } });
    await correctFinding(store, finding, { field: 'low', value: 9.5, ...said });
    expect(await served()).toEqual([]);
    await correctFinding(store, finding, { field: 'open', value: 10.5, ...said });
    expect(await served()).toMatchObject([{ open: 10.5, low: 9.5, corrected: ['low', 'open'] }]);
  });

  test('may be another source’s value, in the shares of that session, through later splits', async () => {
    await write('polygon', { [first]: 100, [third]: 25 });
    // Told after the split: in the shares of today.
    await series.yahoo.write(
      id,
      [
        [first, [25, 25.25, 24.9, 25, 4000]],
        [third, bar(25)],
      ],
      third,
    );
    await series.polygon.split(id, third, 4);
    const finding = await record();
    const { value, observed } = await correctFinding(store, finding, {
      field: 'low',
      value: { from: 'yahoo' },
      ...said,
    });
    expect([value, observed]).toEqual([99.6, 99]);
    expect((await served())[0]).toMatchObject({
      source: 'polygon',
      low: 99.6,
      close: 100,
      corrected: ['low'],
    });
    expect((await served({ adjust: 'split' }))[0]).toMatchObject({
      low: 24.9,
      close: 25,
      corrected: ['low'],
    });
  });

  test('is read as it was known then', async () => {
    await write('polygon', { [first]: 10 });
    await write('yahoo', { [first]: 20 });
    const before = await takeInstant(store.db);
    const finding = await record();
    const blocked = await takeInstant(store.db);
    await correctFinding(store, finding, { field: 'low', value: 9.5, ...said });
    const corrected = await takeInstant(store.db);
    await correctFinding(store, finding, { field: 'low', value: 9.25, ...said });
    const lows = async (asOf: string) =>
      (await served({ asOf })).map(({ source, low }) => `${source} ${low}`);
    expect(await lows(before)).toEqual(['polygon 9']);
    expect(await lows(corrected)).toEqual(['polygon 9.5']);
    expect((await served()).map(({ low }) => low)).toEqual([9.25]);
    expect(blocked >= before).toBe(true);
  });

  test.each([
    ['of a finding that is settled', { status: 'accepted' as const }, {}, 'is accepted'],
    ['of several sessions', null, { range: { from: first, to: second } }, 'is of the sessions'],
    ['of no bar', null, { interval: null }, 'is of no daily bar'],
    ['of a session without a bar', null, { range: { from: third, to: third } }, 'has no bar'],
  ])('%s is refused', async (_, status, over, message) => {
    await write('polygon', { [first]: 10, [second]: 11 });
    const finding = await record(over);
    if (status !== null) await settleFinding(store, finding, { ...status, ...said });
    await expect(correctFinding(store, finding, { field: 'low', value: 9.5, ...said })).rejects.toThrow(
      message,
    );
  });

  test.each([
    ['the same source', 'polygon' as const, 'itself'],
    ['a source without that bar', 'yahoo' as const, 'has no bar'],
  ])('from %s is refused', async (_, from, message) => {
    await write('polygon', { [first]: 10 });
    await expect(
      correctFinding(store, await record(), { field: 'low', value: { from }, ...said }),
    ).rejects.toThrow(message);
  });

  test('from a value that is found to be wrong itself is refused, and so is one that is there already', async () => {
    await write('polygon', { [first]: 10 });
    await write('yahoo', { [first]: 20 });
    await record({ source: 'yahoo' });
    const finding = await record({ rule: 'unit' });
    const from = (value: number | { readonly from: SourceName }) =>
      correctFinding(store, finding, { field: 'low', value, ...said });
    await expect(from({ from: 'yahoo' })).rejects.toThrow('wrong of yahoo too');
    await expect(from(9)).rejects.toThrow('is 9 already');
  });
});

test('of any bars and findings the best of each session is served', async () => {
  const cell = fc.record({
    close: fc.integer({ min: 10, max: 99 }),
    settled: fc.boolean(),
    blocked: fc.boolean(),
    warned: fc.boolean(),
  });
  const source = fc.array(fc.option(cell, { nil: null }), {
    minLength: dates.length,
    maxLength: dates.length,
  });
  await fc.assert(
    fc.asyncProperty(source, source, async (polygon, yahoo) => {
      await emptyTables(store, [...dailyTables, 'quality_findings', 'finding_events']);
      const all = { polygon, yahoo };
      const findings: Finding[] = [];
      for (const name of sourceNames) {
        await write(
          name,
          Object.fromEntries(
            dates.flatMap((date, at) => (all[name][at] ? [[date, all[name][at].close]] : [])),
          ),
        );
        for (const [at, date] of dates.entries()) {
          const own = all[name][at];
          if (own === null || own === undefined) continue;
          if (!own.settled) await provisional(name, date);
          const place = { source: name, range: { from: date, to: date } };
          if (own.blocked) findings.push(found(place));
          if (own.warned)
            findings.push(
              found({
                ...place,
                rule: 'volume',
                severity: 'warn',
                evidence: { fields: [{ field: 'volume' }] },
              }),
            );
        }
      }
      await recordFindings(store.db, null, findings);
      const expected = dates.flatMap((date, at) => {
        const open = sourceNames.filter((name) => all[name][at]?.blocked === false);
        const best = open.find((name) => all[name][at]?.settled) ?? open[0];
        return best === undefined
          ? []
          : [`${date} ${best} ${all[best][at]?.close} ${all[best][at]?.warned ? 1 : 0}`];
      });
      const bars = await served();
      expect(bars.map((one) => `${one.session} ${one.source} ${one.close} ${one.findings.length}`)).toEqual(
        expected,
      );
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

describe('the commands', () => {
  const run = (...args: readonly string[]) =>
    runCommand({ BARWRIGHT_HOME: home, DATABASE_URL: store.url, MARKET: 'simulated' }, ...args);
  const bars = (...args: readonly string[]) =>
    run('bars', 'ONE', '--from', range.from, '--to', range.to, ...args);

  test('bars --source consumer says of each row whose it is, what is corrected, and what is open of it', async () => {
    await write('polygon', { [first]: 10 });
    await write('yahoo', { [second]: 21 });
    const finding = await record();
    const corrected = await run(
      'quality',
      'correct',
      String(finding),
      '--field',
      'low',
      '--value',
      '9.5',
      '--reason',
      'filed',
    );
    expect(corrected).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('low 9 is 9.5 in the consumer series') as string,
    });
    const { code, stdout } = await bars('--source', 'consumer', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      source: 'consumer',
      bars: [
        { session: first, source: 'polygon', low: 9.5, corrected: ['low'], findings: [finding] },
        { session: second, source: 'yahoo', low: 20, corrected: [], findings: [] },
      ],
    });
    const csv = await bars('--source', 'consumer', '--format', 'csv');
    expect(csv.stdout.split('\n')[0]).toMatch(/observedAt,source,corrected,findings\r?$/);
    const table = await bars('--source', 'consumer');
    expect(table.stdout).toContain('yahoo');
    for (const line of table.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const shown = JSON.parse((await run('quality', 'inspect', String(finding), '--json')).stdout) as object;
    expect(shown).toMatchObject({ status: 'open', corrections: [{ field: 'low', observed: 9, value: 9.5 }] });
    // One source's are as observed.
    expect(JSON.parse((await bars('--source', 'polygon', '--format', 'json')).stdout)).toMatchObject({
      bars: [{ low: 9 }],
    });
  });

  test('a session that is left out is told', async () => {
    await write('polygon', { [first]: 10 });
    await record();
    const { stdout } = await bars('--source', 'consumer', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      bars: [],
      withheld: [expect.stringContaining(first) as string],
    });
  });

  test.each([
    [['--field', 'low'], 'not said what'],
    [['--field', 'low', '--value', '1', '--from', 'yahoo'], 'contradict'],
    [['--field', 'vwap', '--value', '1'], 'vwap'],
    [['--field', 'low', '--value', '0'], 'no price'],
    [['--field', 'low', '--value', 'NaN'], 'no price'],
    [['--field', 'low', '--value=-1'], 'no price'],
    [['--field', 'volume', '--value', '1e400'], 'no volume'],
    [['--field', 'low', '--from', 'bloomberg'], 'bloomberg'],
    [['--field', 'low', '--value', '2', '--reason', ' '], 'empty'],
  ])('correct %j is refused before anything is written', async (args, message) => {
    await write('polygon', { [first]: 10 });
    const finding = await record();
    const reason = args.includes('--reason') ? [] : ['--reason', 'filed'];
    const { code, stderr } = await run('quality', 'correct', String(finding), ...args, ...reason);
    expect({ code, said: stderr.includes(message) }).toEqual({ code: 2, said: true });
    const { rows } = await sql`select from market.bar_corrections`.execute(store.db);
    expect(rows).toEqual([]);
  });

  test('hours are of one source, and indicators too', async () => {
    expect(await bars('--source', 'consumer', '--interval', '1h')).toMatchObject({ code: 2 });
    expect(
      await run('indicators', 'ONE', '--from', range.from, '--to', range.to, '--source', 'consumer'),
    ).toMatchObject({ code: 2 });
    expect(
      (await run('bars', 'ONE', '--from', range.from, '--to', range.to, '--source', 'x')).stderr,
    ).toContain('consumer');
    expect(barFields.length).toBe(5);
  });
});
