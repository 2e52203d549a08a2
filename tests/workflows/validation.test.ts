import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { comparingRules, qualityRules } from '../../src/domain/quality-rule.ts';
import { requestFrom } from '../../src/flows/input.ts';
import { marketDataValidation as flow } from '../../src/flows/market-data-validation.ts';
import { settleFinding } from '../../src/operations/settle-finding.ts';
import type { ValidationSummary } from '../../src/runs/validation-request.ts';
import { recordFindings } from '../../src/store/findings.ts';
import { eventsOfFinding, readFindings, type StoredFinding } from '../../src/store/read-findings.ts';
import { readAgreement } from '../../src/store/source-agreement.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';
import { generatedSeries, liquid } from '../support/generated-series.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';
import { startTestWorker, type FlowParameters, type TestWorker } from '../support/test-worker.ts';

let store: TestDatabase;
let worker: TestWorker;
let [polygon, yahoo]: StoredSeries[] = [];
let [one, two] = [0, 0];

const sessions = sessionsBetween({ from: '2023-06-01', to: '2024-01-05' }).map(({ session }) => session);
const nominalTime = '2024-01-06T16:00:00Z';
/** Sources are written apart where one of them is to be at fault; that they differ is a test of its own. */
const checks = qualityRules.filter((rule) => !comparingRules.includes(rule));
const everything = { nominalTime, startDate: sessions[0], endDate: sessions.at(-1), checks };
const [bad = '', other = ''] = [sessions[60], sessions[90]];

beforeAll(async () => {
  store = await freshDatabase();
  worker = await startTestWorker({ store, baseUrl: 'http://127.0.0.1:1', analytics: true, batchSize: 1 });
  polygon = await storedSeries(store);
  yahoo = await storedSeries(store, 'yahoo');
  one = await polygon.instrument('ONE');
  two = await polygon.instrument('TWO');
});
afterAll(async () => {
  await worker.stop();
  await store.close();
});
beforeEach(async () => {
  await emptyTables(store, [
    ...dailyTables,
    'daily_bar_versions',
    'quality_findings',
    'finding_events',
    'corporate_actions',
  ]);
  await polygon?.write(one, barsOf(1));
  await polygon?.write(two, barsOf(2));
  await yahoo?.write(one, barsOf(1));
});

/** Clean bars of every session; `over` says what of some sessions is else. */
function barsOf(
  seed: number,
  over: Readonly<Record<string, Partial<Record<0 | 1 | 2 | 3 | 4, number>>>> = {},
) {
  const { open, high, low, close, volume } = generatedSeries(seed, { ...liquid, bars: sessions.length });
  return sessions.map((session, row): DatedBar => {
    const bar = [open, high, low, close, volume].map((column) => column[row] ?? NaN);
    for (const [at, value] of Object.entries(over[session] ?? {})) bar[Number(at)] = value;
    return [session, bar as unknown as DatedBar[1]];
  });
}

async function validate(over: FlowParameters = {}, save?: string): Promise<ValidationSummary> {
  const { summary } = await worker.run('market-data-validation', { ...everything, ...over }, save);
  return summary as unknown as ValidationSummary;
}
const findings = () => readFindings(store.db, { instrumentIds: null, severity: null, status: null });
const inBrief = ({ rule, severity, status, symbol, source, from }: StoredFinding) =>
  `${symbol} ${source} ${from} ${rule} ${severity} ${status}`;

test('clean bars of two sources are judged, and nothing is found', async () => {
  expect(await validate()).toEqual({
    ...{
      sessions: sessions.length,
      cells: 3 * sessions.length,
      opened: 0,
      reopened: 0,
      repaired: 0,
      blocked: 0,
    },
    open: { error: 0, warn: 0, info: 0 },
  });
});

test('one bad low is found in its source, stays when it is found again, and goes with it', async () => {
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20 } }));
  const found = { opened: 1, reopened: 0, repaired: 0, open: { error: 1, warn: 0, info: 0 }, blocked: 1 };
  expect(await validate({}, 'validation')).toMatchObject(found);
  const [first] = await findings();
  expect(first).toMatchObject({
    ...{
      rule: 'wick',
      severity: 'error',
      symbol: 'ONE',
      source: 'polygon',
      interval: '1d',
      from: bad,
      to: bad,
    },
    evidence: { bar: { low: 20 }, fields: [{ field: 'low', value: 20 }] },
  });
  expect(await validate()).toMatchObject({ ...found, opened: 0 });
  expect((await eventsOfFinding(store.db, first?.id ?? 0)).map(({ event }) => event)).toEqual(['opened']);
  await polygon?.write(one, barsOf(1));
  expect(await validate()).toMatchObject({ opened: 0, repaired: 1, open: { error: 0 }, blocked: 0 });
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20 } }));
  expect(await validate()).toMatchObject({ opened: 0, reopened: 1, repaired: 0, open: { error: 1 } });
});

test('what is in quarantine within the range counts as open where all is judged, and is not closed', async () => {
  const place = {
    instrumentId: one,
    source: 'polygon',
    interval: '1d',
    range: { from: bad, to: bad },
  } as const;
  await recordFindings(store.db, null, [{ rule: 'quarantined', severity: 'error', ...place, evidence: {} }]);
  const all = { checks: undefined };
  expect(await validate(all)).toMatchObject({ repaired: 0, open: { error: 1 }, blocked: 1 });
  expect(await validate({ checks: ['no_price'] })).toMatchObject({ repaired: 0, open: { error: 0 } });
});

test('what is accepted stays so until the bar is another', async () => {
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20 } }));
  await validate();
  const id = (await findings())[0]?.id ?? 0;
  await settleFinding(store, id, { status: 'accepted', reason: 'it was so', person: 'ann@desk' });
  expect(await validate()).toMatchObject({ reopened: 0, open: { error: 0 } });
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 21 } }));
  expect(await validate()).toMatchObject({ reopened: 1, open: { error: 1 } });
});

test('what is accepted stays so when its neighbours change, and when a split comes', async () => {
  const [before = '', after = ''] = [sessions[59], sessions[61]];
  for (const source of [polygon, yahoo]) await source?.write(one, barsOf(1, { [bad]: { 2: 20 } }));
  await validate();
  for (const { id } of await findings())
    await settleFinding(store, id, { status: 'accepted', reason: 'it was so', person: 'ann@desk' });
  const wider = { [before]: { 1: 90, 2: 60 }, [after]: { 1: 95, 2: 55 } };
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20 }, ...wider }));
  await polygon?.split(one, other, 4);
  await validate({ endDate: sessions[70] });
  const accepted = (await findings()).filter(({ from, rule }) => from === bad && rule === 'wick');
  expect(accepted.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
  for (const { evidence } of accepted)
    expect(evidence).toMatchObject({ bar: { low: 20 }, fields: [{ field: 'low', value: 20 }] });
});

test('a range, symbols and rules choose what is judged, and leave all else as it is', async () => {
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20 }, [other]: { 1: 9e4, 4: 5e8 } }));
  await polygon?.write(two, barsOf(2, { [bad]: { 2: 20 } }));
  await validate();
  const all = (await findings()).map(inBrief).toSorted();
  expect(all).toEqual([
    `ONE polygon ${bad} wick error open`,
    `ONE polygon ${other} volume warn open`,
    `ONE polygon ${other} wick error open`,
    `TWO polygon ${bad} wick error open`,
  ]);
  await polygon?.write(one, barsOf(1));
  await polygon?.write(two, barsOf(2));
  expect(await validate({ checks: ['volume'] })).toMatchObject({ repaired: 1, open: { error: 0 } });
  expect(await validate({ startDate: bad, endDate: bad, symbols: ['ONE'] })).toMatchObject({
    ...{ sessions: 1, cells: 2, repaired: 1 },
  });
  expect(
    (await findings())
      .filter(({ status }) => status === 'open')
      .map(inBrief)
      .toSorted(),
  ).toEqual([`ONE polygon ${other} wick error open`, `TWO polygon ${bad} wick error open`]);
});

test('whatever range it is judged in, a bar is judged the same', async () => {
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20, 0: 79 }, [other]: { 3: 120, 1: 120 } }));
  await validate();
  const told = async () => (await findings()).map((one) => [inBrief(one), one.evidence]);
  const whole = await told();
  await emptyTables(store, ['quality_findings', 'finding_events']);
  for (const session of [...sessions.slice(58, 64), ...sessions.slice(88, 94)])
    await validate({ startDate: session, endDate: session });
  expect(await told()).toEqual(expect.arrayContaining(whole));
  expect((await told()).length).toBe(whole.length);
});

test('a volume is judged once it is settled', async () => {
  await polygon?.write(one, barsOf(1, { [bad]: { 4: 5e8 } }));
  const settle = (settled: boolean) =>
    sql`update market.daily_bars set settled = ${settled} where session_date = ${bad}`.execute(store.db);
  await settle(false);
  expect(await validate()).toMatchObject({ opened: 0 });
  await settle(true);
  expect(await validate()).toMatchObject({ opened: 1, open: { warn: 1 } });
});

test('runs at once over ranges that overlap, and one that is ended in the midst, come to what one run finds', async () => {
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20 }, [other]: { 1: 9e4 } }));
  await polygon?.write(two, barsOf(2, { [bad]: { 4: 5e8 } }));
  await validate();
  const whole = (await findings()).map(inBrief).toSorted();
  await emptyTables(store, ['quality_findings', 'finding_events']);
  const ended = await worker.client.workflow.start('marketDataValidation', {
    workflowId: `validation/${randomUUID()}`,
    taskQueue: worker.taskQueue,
    args: [{ ...everything, maxSymbols: 1 }],
  });
  const ranges = [{}, { startDate: bad }, { endDate: other }, { checks: ['wick', 'volume'] }];
  const runs = ranges.map((range) => validate(range));
  await ended.terminate('ended in the midst');
  await Promise.all(runs);
  expect((await findings()).map(inBrief).toSorted()).toEqual(whole);
  expect(whole).toHaveLength(3);
  const { rows } =
    await sql`select finding_id from market.finding_events group by 1 having count(*) > 1`.execute(store.db);
  expect(rows).toEqual([]);
});

test('a split that is known is no step', async () => {
  const halved = barsOf(1).map(([session, bar]): DatedBar => {
    const [open, high, low, close, volume] = bar;
    return session < other ? [session, bar] : [session, [open / 2, high / 2, low / 2, close / 2, volume * 2]];
  });
  await emptyTables(store, ['daily_bars']);
  for (const source of [polygon, yahoo]) await source?.write(one, halved);
  expect(await validate({ symbols: ['ONE'] })).toMatchObject({ opened: 2 });
  // The jump is the market's: both sources make it.
  expect((await findings()).map(({ rule }) => rule).toSorted()).toEqual([
    'split_unexplained',
    'split_unexplained',
  ]);
  await polygon?.split(one, other, 2);
  expect(await validate({ symbols: ['ONE'] })).toMatchObject({ repaired: 2, open: { warn: 0, info: 0 } });
});

test('without a range the last closed session is judged, and those that it tells of', async () => {
  const { sessions: count, cells } = await validate({ startDate: undefined, endDate: undefined });
  expect({ count, cells }).toEqual({ count: 4, cells: 12 });
  const requestOf = (over: object) => requestFrom(flow, { nominalTime, ...over }, nominalTime);
  const [week, day] = [requestOf({}), requestOf({ startDate: sessions.at(-1), endDate: sessions.at(-1) })];
  // The ids of both name that session: what else is in them has to differ.
  expect(flow.identity(week)).not.toEqual(flow.identity(day));
});

test('a symbol that nobody knows ends the run, says which, and judges nothing', async () => {
  await polygon?.write(one, barsOf(1, { [bad]: { 2: 20 } }));
  await expect(validate({ symbols: ['ONE', 'NOPE'] })).rejects.toThrow();
  const { rows } = await sql<{
    status: string;
    said: string;
  }>`select status, summary -> 'error' ->> 'message' as said
    from market.runs where flow = 'market-data-validation' order by started_at desc limit 1`.execute(
    store.db,
  );
  expect(rows).toMatchObject([
    { status: 'failed', said: expect.stringContaining('no instrument NOPE') as unknown },
  ]);
  expect(await findings()).toEqual([]);
});

test('sources that tell a session otherwise are found, counted by month, and the same when it is done twice', async () => {
  await yahoo?.write(one, barsOf(1, { [bad]: { 3: 1.06 * (barsOf(1)[60]?.[1][3] ?? NaN) } }));
  const counts = () => readAgreement(store.db, { instrumentIds: null, range: { from: bad, to: bad } });
  await validate({ checks: ['disagreement'] });
  expect((await findings()).map(inBrief)).toEqual([`ONE polygon ${bad} disagreement warn open`]);
  const first = await counts();
  expect(first.map(({ field, beyond }) => `${field} ${beyond}`)).toEqual([
    'open 0',
    'high 0',
    'low 0',
    'close 1',
    'volume 0',
  ]);
  // A part of the month is counted with the rest of it.
  await validate({ startDate: bad, endDate: bad, checks: ['disagreement'] });
  expect(await counts()).toEqual(first);
  await yahoo?.write(one, barsOf(1));
  await validate({ startDate: other, endDate: other, checks: ['disagreement'] });
  expect((await findings()).map(({ status }) => status)).toEqual(['open']);
  expect(await validate({ checks: ['disagreement'] })).toMatchObject({ repaired: 1 });
  expect((await counts()).map(({ beyond }) => beyond)).toEqual([0, 0, 0, 0, 0]);
});

test('a run that grows stays one finding, whatever part of it is looked at, and what was accepted of it stays so', async () => {
  const checks = ['basis'];
  const times = (ratio: number) =>
    barsOf(1).map(([session, [open, high, low, close, volume]]): DatedBar => {
      return [session, [open * ratio, high * ratio, low * ratio, close * ratio, volume]];
    });
  await emptyTables(store, ['daily_bars']);
  await polygon?.write(one, times(1));
  const inAll = () => findings().then((all) => all.map(({ from, to, status }) => ({ from, to, status })));
  const validateOn = async (session = '') => await validate({ startDate: session, endDate: session, checks });
  for (const row of [20, 40, 60, 100, 140]) {
    await yahoo?.write(one, times(1.3).slice(10, row));
    await validateOn(sessions[row - 1]);
    expect(await inAll()).toEqual([{ from: sessions[10], to: sessions[row - 1], status: 'open' }]);
  }
  const [only] = await findings();
  expect((await eventsOfFinding(store.db, only?.id ?? 0)).map(({ event }) => event)).toEqual(['opened']);
  await settleFinding(store, only?.id ?? 0, {
    status: 'accepted',
    reason: 'another share',
    person: 'ann@desk',
  });
  await yahoo?.write(one, times(1.3).slice(140));
  for (const session of [sessions.at(-1), sessions[10], sessions[90]]) await validateOn(session);
  expect(await inAll()).toEqual([{ from: sessions[10], to: sessions.at(-1), status: 'accepted' }]);
  await yahoo?.write(one, times(1.6).slice(10));
  expect(await validate({ checks })).toMatchObject({ open: { warn: 1 } });
  await yahoo?.write(one, times(1));
  expect(await validate({ checks })).toMatchObject({ repaired: 1, open: { warn: 0 } });
});
