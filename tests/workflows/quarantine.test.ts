import { afterAll, expect, test } from 'vitest';
import { settleFinding } from '../../src/operations/settle-finding.ts';
import { settleQuarantined } from '../../src/operations/settle-quarantined.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { randomUUID } from 'node:crypto';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import {
  barsBody,
  chartOf,
  polygonRow,
  quiet,
  rowsOf,
  ticker,
  type ScriptedRow,
} from '../support/scripted-market.ts';
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

const session = '2020-04-06';
const evening = { nominalTime: '2020-04-07T01:00:00Z', daysBack: 0 };
const laterThat = { ...evening, incremental: false, nominalTime: '2020-04-07T02:00:00Z' };
const rowOf = (symbol: unknown, over: Fields = {}) => ({
  T: symbol,
  ...polygonRow({ d: session, ...quiet(250) }, exchangeInstant(session, 960)),
  ...over,
});

/** A market whose day has the rows that are said at the moment. */
async function dayCase(symbols: readonly string[], said: { rows: readonly unknown[] }) {
  return scriptedCase({
    now: '2020-06-08T02:00:00Z',
    polygon: { tickers: symbols.map((symbol) => ticker(symbol)) },
    handle: (path) => (path.includes('/grouped/') ? { body: barsBody(said.rows) } : undefined),
  });
}
const ofDay = `select rule, severity, status, instrument_id is null as nobodys, range_start as "from", evidence
  from market.quality_findings order by rule, id`;

test('one bad row of a market day is one finding, and leaves the others; a good one closes it', async () => {
  const said = { rows: [rowOf('AAPL'), rowOf('ZZZZ', { o: 0 }), rowOf('ZZZZ', { o: 0 })] };
  const lab = await dayCase(['AAPL', 'ZZZZ'], said);
  const { runId } = await lab.run('polygon-daily-ingestion', evening);
  expect(await lab.loads(runId)).toMatchObject([
    { symbol: 'AAPL', status: 'success' },
    { symbol: 'ZZZZ', status: 'partial', error: 'Quarantined' },
  ]);
  const found = await lab.rows<Found>(ofDay);
  expect(found).toMatchObject([
    {
      ...{ rule: 'quarantined', severity: 'error', status: 'open', nobodys: false, from: session },
      evidence: { cause: 'no_price', field: 'o', reason: 'o is 0', row: { T: 'ZZZZ', o: 0 } },
    },
  ]);
  expect(found[0]?.evidence).not.toHaveProperty('others');
  expect(await lab.rows(`select settled_as from market.rejected_rows`)).toEqual([{ settled_as: null }]);
  said.rows = [rowOf('AAPL'), rowOf('ZZZZ')];
  await lab.run('polygon-daily-ingestion', laterThat);
  expect(await lab.rows(ofDay)).toMatchObject([{ status: 'repaired' }]);
  expect(await lab.rows(`select settled_as from market.rejected_rows`)).toEqual([{ settled_as: 'repaired' }]);
});

test('tickers that nobody bears are one finding a session, whatever they are, until an answer has none', async () => {
  const odd = [
    '\u{1f911}',
    'A\u0000',
    '\ud800',
    '__proto__',
    "'; drop",
    'x'.repeat(100_000),
    'brk.b',
    ' AAPL',
  ];
  const said: { rows: readonly unknown[] } = {
    rows: [
      rowOf('AAPL'),
      rowOf('ZZZZ', { o: null }),
      ...Array.from({ length: 900 }, (_, index) => rowOf(`N${index}`)),
      ...odd.map((symbol) => rowOf(symbol)),
    ],
  };
  const lab = await dayCase(['AAPL', 'ZZZZ'], said);
  await lab.run('polygon-daily-ingestion', evening);
  const found = await lab.rows<Found>(ofDay);
  expect(found.map(({ rule, status }) => [rule, status])).toEqual([
    ['quarantined', 'open'],
    ['unknown_ticker', 'open'],
  ]);
  expect(found[1]).toMatchObject({ severity: 'warn', nobodys: true, from: session });
  expect(found[1]?.evidence).toMatchObject({ count: 900 + odd.length });
  expect(JSON.stringify(found[1]?.evidence).length).toBeLessThan(2_000);
  await lab.run('polygon-daily-ingestion', laterThat);
  expect(await lab.rows(ofDay)).toEqual(found);
  said.rows = [rowOf('AAPL'), rowOf('ZZZZ')];
  await lab.run('polygon-daily-ingestion', { ...laterThat, nominalTime: '2020-04-07T03:00:00Z' });
  expect((await lab.rows<Found>(ofDay)).map(({ status }) => status)).toEqual(['repaired', 'repaired']);
});

test('a market day of zeros is one finding, and so are rows without a ticker', async () => {
  const symbols = Array.from({ length: 500 }, (_, index) => `S${index}`);
  const said: { rows: readonly unknown[] } = { rows: symbols.map((symbol) => rowOf(symbol, { o: 0, c: 0 })) };
  const lab = await dayCase(symbols, said);
  const { runId } = await lab.run('polygon-daily-ingestion', evening);
  const loads = await lab.loads(runId);
  expect(new Set(loads.map(({ status, error }) => `${status} ${error}`))).toEqual(
    new Set(['failed DoubtedResponse']),
  );
  expect(await lab.rows(ofDay)).toMatchObject([
    { rule: 'quarantined', status: 'open', nobodys: true, evidence: { cause: 'doubted', records: 500 } },
  ]);
  said.rows = [...symbols.map((symbol) => rowOf(symbol)), rowOf(7), rowOf('')];
  await lab.run('polygon-daily-ingestion', laterThat);
  expect(await lab.rows(ofDay)).toMatchObject([
    { rule: 'quarantined', status: 'open', nobodys: true, evidence: { cause: 'no_ticker', records: 2 } },
  ]);
  expect(await lab.rows(`select count(*)::int as bars from market.daily_bars`)).toEqual([{ bars: 500 }]);
});

const long = { from: '2024-01-02', to: '2026-06-29' };
const longRows = rowsOf(long.from, long.to, (_, index) => {
  const o = 12.5 + (index % 8) / 16;
  return { o, h: o + 0.25, l: o - 0.25, c: o + (index % 3) / 32, v: 1e5 + 100 * index };
});
const zeros = { o: 0, h: 0, l: 0, c: 0, v: 0 };

test('years of zeros are one finding that says of which sessions it is, closed when the last of them has come', async () => {
  const zeroOf = (first: number, last: number) =>
    longRows.map((row, index): ScriptedRow => (index < first || index > last ? row : { ...row, ...zeros }));
  const lab = await yahooCase(zeroOf(7, 9));
  const all = { ...daily, startDate: long.from };
  await lab.run(flow, all);
  lab.market.charts = { HALT: chartOf('HALT', zeroOf(7, 409)) };
  await lab.run(flow, { ...all, incremental: false });
  const [from, to] = [longRows[10]?.d, longRows[409]?.d];
  const known = (await lab.rows<Found>(findings)).slice(0, 3);
  expect(known.map((one) => [one.from, one.status])).toEqual(
    longRows.slice(7, 10).map(({ d }) => [d, 'open']),
  );
  const found = (await lab.rows<Found>(findings)).slice(3);
  expect(found).toMatchObject([{ rule: 'quarantined', status: 'open', from, to }]);
  expect(found[0]?.evidence).toMatchObject({ cause: 'no_price', sessions: 400, runs: [[from, to]] });
  lab.market.charts = { HALT: chartOf('HALT', zeroOf(200, 409)) };
  await lab.run(flow, all);
  expect((await lab.rows<Found>(findings)).slice(3)).toEqual(found);
  lab.market.charts = { HALT: chartOf('HALT', zeroOf(400, 411)) };
  await lab.run(flow, { ...all, incremental: false });
  const more = (await lab.rows<Found>(findings)).slice(3);
  expect(more.map((one) => [one.from, one.status])).toEqual([
    [from, 'open'],
    [longRows[410]?.d, 'open'],
    [longRows[411]?.d, 'open'],
  ]);
  lab.market.charts = { HALT: chartOf('HALT', longRows) };
  await lab.run(flow, { ...all, incremental: false });
  expect((await lab.rows<Found>(findings)).map(({ status }) => status)).toEqual(Array(6).fill('repaired'));
});

test('a bad record of a session whose bar is stored leaves the bar, and is a finding all the same', async () => {
  const lab = await yahooCase(usual);
  await lab.run(flow, daily);
  lab.market.charts = { HALT: chartOf('HALT', withRows({ 3: { c: 0 } })) };
  const { runId } = await lab.run(flow, whole);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'partial', error: 'Quarantined' }]);
  expect(await lab.bars('HALT', { ...range, source: 'yahoo' })).toHaveLength(usual.length);
  expect(await lab.rows(findings)).toMatchObject([
    { rule: 'quarantined', status: 'open', from: '2026-06-04' },
  ]);
  lab.market.charts = { HALT: chartOf('HALT', usual) };
  await lab.run(flow, whole);
  expect(await lab.rows(findings)).toMatchObject([{ status: 'repaired' }]);
});

test('a row of a day without a session is in quarantine, from either provider', async () => {
  const stray = { d: '2026-06-20', ...quiet(12.5) };
  const rows = [...usual, stray];
  const tickers = [ticker('HALT', { list_date: '2020-01-02' })];
  const lab = await scriptedCase({
    ...{ now, polygon: { tickers, bars: { HALT: rows } } },
    charts: { HALT: chartOf('HALT', rows) },
  });
  const { incremental: _, interval: __, ...asked } = whole;
  for (const [name, wish] of [
    [flow, daily],
    ['polygon-historical-backfill', asked],
  ] as const) {
    const { runId } = await lab.run(name, wish);
    expect(await lab.loads(runId)).toMatchObject([
      { status: 'partial', error: 'Quarantined', records: usual.length },
    ]);
  }
  const place = { rule: 'quarantined', from: '2026-06-20', evidence: { cause: 'no_session' } };
  expect(await lab.rows(findings)).toMatchObject([
    { ...place, source: 'yahoo' },
    { ...place, source: 'polygon' },
  ]);
});

test('a record without a time is a finding over what was asked for', async () => {
  const tickers = [ticker('HALT', { list_date: '2020-01-02' })];
  const rows = usual.map((row) => polygonRow(row, exchangeInstant(row.d, 0)));
  const said = { rows: rows.map((row, index) => (index === 4 ? { ...row, t: null } : row)) };
  const lab = await scriptedCase({
    ...{ now, polygon: { tickers } },
    handle: (path) => (path.includes('/range/1/day/') ? { body: barsBody(said.rows) } : undefined),
  });
  const asked = { symbols: ['HALT'], startDate: range.from, endDate: range.to };
  await lab.run('polygon-historical-backfill', asked);
  expect(await lab.rows(findings)).toMatchObject([
    { rule: 'quarantined', ...range, status: 'open', evidence: { cause: 'no_time', field: 't' } },
  ]);
  said.rows = rows;
  await lab.run('polygon-historical-backfill', { ...asked, nominalTime: '2026-06-30T23:00:00Z' });
  expect(await lab.rows(findings)).toMatchObject([{ status: 'repaired' }]);
});

const hours = [9.5, 10.5, 11.5, 12.5, 13.5, 14.5, 15.5];
interface HourlyBody {
  readonly chart: {
    readonly result: readonly [{ timestamp?: readonly number[]; indicators: { quote: readonly Fields[] } }];
  };
}

/** A session of hours, each of them the bar of `usual`, or what is said of it. */
function hourlyChart(day: string, said: Readonly<Record<number, Fields>>): (url: URL) => unknown {
  const rows = hours.map((_, hour): Fields => ({ ...usual[hour], ...said[hour] }));
  const of = (name: string) => rows.map((row) => row[name]);
  return (url) => {
    const body = chartOf('HALT', [])(url) as HourlyBody;
    const [result] = body.chart.result;
    result.timestamp = hours.map((hour) => exchangeInstant(day, hour * 60) / 1000);
    const quote = { open: of('o'), high: of('h'), low: of('l'), close: of('c'), volume: of('v') };
    result.indicators = { quote: [quote] };
    return body;
  };
}

test('an hour that is no bar is in quarantine by its session, and can be released or rejected; one that contradicts itself is found', async () => {
  const day = '2026-06-29';
  const hourly = { interval: '1h', symbols: ['HALT'], startDate: day, endDate: day };
  const tickers = [ticker('HALT', { list_date: '2020-01-02' })];
  const charts = { HALT: hourlyChart(day, { 1: { c: 0 }, 2: { h: 12 } }) };
  const lab = await scriptedCase({ now, polygon: { tickers }, charts });
  const { runId } = await lab.run(flow, hourly);
  expect(await lab.loads(runId)).toMatchObject([{ status: 'partial', error: 'Quarantined', records: 6 }]);
  const opensAt = '2026-06-29T14:30:00.000Z';
  const found = await lab.rows<Found & { id: number }>(findings.replace('rule,', 'id, rule,'));
  expect(found).toMatchObject([
    {
      rule: 'inconsistent',
      status: 'open',
      interval: '1h',
      evidence: { fields: [{ field: 'high' }], bars: 1 },
    },
    { rule: 'quarantined', status: 'open', interval: '1h', evidence: { cause: 'no_price', opensAt } },
  ]);
  const said = { person: 'one@here', reason: 'known' };
  const id = found[1]?.id ?? 0;
  await settleQuarantined(lab.store, id, { ...said, as: 'rejected' });
  expect(await lab.rows(`select reason, opens_at is not null as part from market.bar_absences`)).toEqual([
    { reason: 'rejected', part: true },
  ]);
  await settleFinding(lab.store, id, { ...said, status: 'open' });
  expect(await lab.rows(`select 1 from market.bar_absences`)).toEqual([]);
  await settleQuarantined(lab.store, id, { ...said, as: 'released' });
  const bars = await lab.bars('HALT', { from: day, to: day, source: 'yahoo', interval: '1h' });
  expect(bars).toHaveLength(7);
  expect(bars[1]).toMatchObject({ close: 0 });
  lab.market.charts = { HALT: hourlyChart(day, {}) };
  await lab.run(flow, { ...hourly, incremental: false });
  expect(await lab.rows(findings)).toMatchObject([{ status: 'repaired' }, { status: 'accepted' }]);
});
