import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';

const now = '2026-06-30T22:00:00Z';
const range = { from: '2026-06-01', to: '2026-06-29' };
const usual = rowsOf(range.from, range.to, () => ({ o: 12.5, h: 12.75, l: 12.25, c: 12.5, v: 1e5 }));
const withRows = (changes: Readonly<Record<number, Readonly<Record<string, unknown>>>>) =>
  usual.map((row, index): ScriptedRow => ({ ...row, ...changes[index] }));
const nothing = { o: 0, h: 0, l: 0, c: 0 };
const daily = { interval: '1d', symbols: ['HALT'], startDate: range.from, endDate: range.to };

async function yahooCase(rows: readonly ScriptedRow[]) {
  const tickers = [ticker('HALT', { list_date: '2020-01-02' })];
  return scriptedCase({ now, polygon: { tickers }, charts: { HALT: chartOf('HALT', rows) } });
}

const evidence = `select symbol, session_date, field, reason, "row" from market.rejected_rows order by id`;
const absences = `select session_date from market.bar_absences`;

test('zeros, nonsense of a volume, and prices below zero are no bars of Yahoo\u2019s, and the others are', async () => {
  const smallest = -9223372036854775808;
  const lab = await yahooCase(
    withRows({
      3: { ...nothing, v: 1396 },
      5: { ...nothing, v: smallest },
      7: { l: -0.01 },
      9: { o: 0, l: 0 },
      11: { v: smallest },
      12: { h: 12, l: 12.25, c: 12.1, o: 12.1 },
      13: { v: 1.1e13 },
    }),
  );
  const { runId } = await lab.run('yahoo-market-data-hourly', daily);
  const bad = [3, 5, 7, 9, 11, 13];
  const kept = usual.filter((_, index) => !bad.includes(index));
  const stored = await lab.bars('HALT', { ...range, source: 'yahoo' });
  expect(stored.map(({ session }) => session)).toEqual(kept.map(({ d }) => d));
  expect(await lab.loads(runId)).toEqual([
    { symbol: 'HALT', status: 'partial', records: kept.length, error: 'Quarantined' },
  ]);
  expect(await lab.rows(evidence)).toMatchObject([
    { symbol: 'HALT', session_date: '2026-06-04', field: 'open', reason: 'open is 0', row: { volume: 1396 } },
    { field: 'open', row: { volume: smallest } },
    { field: 'low', reason: 'low is -0.01' },
    { field: 'open' },
    { field: 'volume' },
    { field: 'volume' },
  ]);
  expect(await lab.rows(absences)).toEqual([]);
  const named = (await lab.events(runId)).filter(({ message }) => message.includes('rejected'));
  expect(named).toMatchObject([{ level: 'warn', symbol: 'HALT' }]);
  expect(named[0]?.message).toContain('6 rejected, and kept as evidence: 2026-06-04 (open is 0)');
});

test('what was rejected comes, once Yahoo has it right', async () => {
  const lab = await yahooCase(withRows({ 3: nothing }));
  await lab.run('yahoo-market-data-hourly', daily);
  lab.market.charts = { HALT: chartOf('HALT', usual) };
  const { runId } = await lab.run('yahoo-market-data-hourly', daily);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'success' }]);
  expect(await lab.bars('HALT', { ...range, source: 'yahoo' })).toHaveLength(usual.length);
});

test('values that are no numbers in more than one row of a hundred are doubted as a whole', async () => {
  const text = { c: '12.5' };
  const lab = await yahooCase(withRows({ 1: text, 2: text, 3: text, 4: text }));
  const { runId } = await lab.run('yahoo-market-data-hourly', daily);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'failed', error: 'DoubtedResponse', records: 0 }]);
  expect(await lab.bars('HALT', { ...range, source: 'yahoo' })).toEqual([]);
  expect(await lab.rows(evidence)).toHaveLength(4);
});

test('an impossible bar of Polygon\u2019s is none either', async () => {
  const rows = withRows({ 3: nothing, 5: { h: 10 }, 7: { v: 1e14 } });
  const lab = await scriptedCase({ now, polygon: { tickers: [ticker('HALT')], bars: { HALT: rows } } });
  const { runId } = await lab.run('polygon-historical-backfill', {
    symbols: ['HALT'],
    startDate: range.from,
    endDate: range.to,
  });
  expect(await lab.loads(runId)).toMatchObject([
    { status: 'partial', error: 'Quarantined', records: usual.length - 2 },
  ]);
  expect(await lab.rows(evidence)).toMatchObject([
    { session_date: '2026-06-04', field: 'o', reason: 'o is 0' },
    { session_date: '2026-06-10', field: 'v', reason: 'v is 100000000000000' },
  ]);
  expect(await lab.rows(absences)).toEqual([]);
});

test('a high below the open, and a low above the close, are stored as they are told', async () => {
  const lab = await yahooCase(withRows({ 3: { o: 13 }, 5: { c: 12 } }));
  const { runId } = await lab.run('yahoo-market-data-hourly', daily);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'success', records: usual.length }]);
});

test('no volume never replaces the settled volume of a bar with a range, and prices are still put right', async () => {
  const lab = await yahooCase(usual);
  await lab.run('yahoo-market-data-hourly', daily);
  lab.market.charts = { HALT: chartOf('HALT', withRows({ 0: { v: 0 }, 4: { v: 0, c: 12.6 } })) };
  const { runId } = await lab.run('yahoo-market-data-hourly', { ...daily, incremental: false });
  expect(await lab.loads(runId)).toMatchObject([{ status: 'success' }]);
  const stored = await lab.bars('HALT', { ...range, source: 'yahoo' });
  expect(stored.map(({ volume }) => volume)).toEqual(usual.map(({ v }) => v));
  expect(stored[4]?.close).toBe(12.6);
  expect(await lab.findings()).toEqual([]);
});

test('a bar with a range and no volume is stored, and found; one without a range is quiet', async () => {
  const lab = await yahooCase(withRows({ 4: { v: 0 }, 6: { ...quiet(12), h: 12, l: 12, v: 0 } }));
  await lab.run('yahoo-market-data-hourly', daily);
  expect(await lab.bars('HALT', { ...range, source: 'yahoo' })).toHaveLength(usual.length);
  expect(await lab.findings()).toEqual([
    { rule: 'zero_volume', status: 'open', evidence: { bars: 1, high: 12.75, low: 12.25 } },
  ]);
  lab.market.charts = { HALT: chartOf('HALT', usual) };
  await lab.run('yahoo-market-data-hourly', { ...daily, incremental: false });
  expect(await lab.findings()).toMatchObject([{ rule: 'zero_volume', status: 'repaired' }]);
});
