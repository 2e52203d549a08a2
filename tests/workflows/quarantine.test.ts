import { afterAll, expect, test } from 'vitest';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { randomUUID } from 'node:crypto';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';
import { endSharedLab } from '../support/shared-lab.ts';

afterAll(endSharedLab);

const now = '2026-06-30T22:00:00Z';
const range = { from: '2026-06-01', to: '2026-06-29' };
/** No two of them alike. */
const usual = rowsOf(range.from, range.to, (_, index) => {
  const o = 12.5 + (index % 4) / 16;
  return { o, h: o + 0.25, l: o - 0.25, c: o + (index % 3) / 32, v: 1e5 + 100 * index };
});
type Fields = Readonly<Record<string, unknown>>;
const withRows = (changes: Readonly<Record<number, Fields>>) =>
  usual.map((row, index): ScriptedRow => ({ ...row, ...changes[index] }));
const daily = { interval: '1d', symbols: ['HALT'], startDate: range.from, endDate: range.to };
const whole = { ...daily, incremental: false };
const flow = 'yahoo-market-data-hourly';

async function yahooCase(rows: readonly ScriptedRow[]) {
  const tickers = [ticker('HALT', { list_date: '2020-01-02' })];
  return scriptedCase({ now, polygon: { tickers }, charts: { HALT: chartOf('HALT', rows) } });
}

/** As the nightly validation does. */
async function validate({ store, idOf }: Awaited<ReturnType<typeof scriptedCase>>): Promise<void> {
  await validateBatch(store, { runId: randomUUID(), range, checks: null }, [await idOf('HALT')]);
}

const findings = `select rule, severity, status, source, interval, range_start as "from", range_end as "to", evidence
  from market.quality_findings order by range_start, id`;
interface Found {
  readonly rule: string;
  readonly status: string;
  readonly from: string;
  readonly evidence: Fields;
}

test('what is no price is in quarantine with a finding, and stays due; the right bar closes both', async () => {
  const lab = await yahooCase(withRows({ 3: { l: -0.01 }, 5: { v: -1 } }));
  const { runId } = await lab.run(flow, daily);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'partial', error: 'Quarantined' }]);
  const common = { severity: 'error', source: 'yahoo', interval: '1d' };
  expect(await lab.rows(findings)).toEqual([
    {
      ...{ rule: 'quarantined', status: 'open', from: '2026-06-04', to: '2026-06-04', ...common },
      evidence: {
        ...{ cause: 'no_price', field: 'low', reason: 'low is -0.01' },
        bar: { open: 12.6875, high: 12.9375, low: -0.01, close: 12.6875, volume: 100_300 },
        row: expect.objectContaining({ low: -0.01 }) as unknown,
      },
    },
    {
      ...{ rule: 'quarantined', status: 'open', from: '2026-06-08', to: '2026-06-08', ...common },
      evidence: expect.objectContaining({ cause: 'no_volume', field: 'volume' }) as unknown,
    },
  ]);
  await lab.run(flow, daily);
  expect(await lab.rows(findings)).toMatchObject([{ status: 'open' }, { status: 'open' }]);
  const kept = `select settled_as from market.rejected_rows order by id`;
  expect(await lab.rows(kept)).toEqual([{ settled_as: null }, { settled_as: null }]);

  lab.market.charts = { HALT: chartOf('HALT', withRows({ 5: { v: -1 } })) };
  await lab.run(flow, daily);
  expect(await lab.rows(findings)).toMatchObject([{ status: 'repaired' }, { status: 'open' }]);
  expect(await lab.rows(kept)).toEqual([{ settled_as: 'repaired' }, { settled_as: null }]);
  lab.market.charts = { HALT: chartOf('HALT', usual) };
  const { runId: last } = await lab.run(flow, daily);
  expect(await lab.loads(last)).toMatchObject([{ status: 'success' }]);
  expect(await lab.rows(findings)).toMatchObject([{ status: 'repaired' }, { status: 'repaired' }]);
  expect(await lab.rows(`select event, run_id from market.finding_events order by id desc limit 1`)).toEqual([
    { event: 'repaired', run_id: last },
  ]);
});

test('what is in quarantine is not judged by the nightly validation, and not closed by it', async () => {
  const lab = await yahooCase(withRows({ 3: { l: 0 } }));
  await lab.run(flow, daily);
  await validate(lab);
  expect(await lab.rows(findings)).toMatchObject([{ rule: 'quarantined', status: 'open' }]);
});

test('a bar that contradicts itself is stored as observed, and found once, by load and validation alike', async () => {
  const lab = await yahooCase(withRows({ 3: { h: 12.5 }, 5: { l: 12.75, h: 12.5 } }));
  const { runId } = await lab.run(flow, daily);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'success', records: usual.length }]);
  const stored = await lab.bars('HALT', { ...range, source: 'yahoo' });
  expect(stored[5]).toMatchObject({ high: 12.5, low: 12.75 });
  const found = await lab.rows<Found>(findings);
  expect(found.map(({ rule, from }) => `${rule} ${from}`)).toEqual([
    'inconsistent 2026-06-04',
    'inconsistent 2026-06-08',
  ]);
  expect(found[0]?.evidence).toMatchObject({ bar: { high: 12.5 }, fields: [{ field: 'high' }] });
  expect(found[1]?.evidence).toMatchObject({ fields: [{ field: 'high' }, { field: 'low' }] });
  await validate(lab);
  expect(await lab.rows(findings)).toEqual(found);
  expect(await lab.rows(`select event from market.finding_events`)).toHaveLength(2);
  lab.market.charts = { HALT: chartOf('HALT', usual) };
  await lab.run(flow, whole);
  expect(await lab.rows(findings)).toMatchObject([{ status: 'repaired' }, { status: 'repaired' }]);
});
