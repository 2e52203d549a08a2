import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { dateOfDayNumber } from '../../src/domain/date-range.ts';
import { unknownBasis } from '../../src/domain/split-basis.ts';
import { readBars } from '../../src/store/adjusted-bars.ts';
import { copyBars, decodeBars, seriesDigests } from '../../src/store/bar-series.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { seededRandom } from '../support/faulty-splits.ts';
import { storedSeries, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let series: StoredSeries;

beforeAll(async () => {
  store = await freshDatabase();
  series = await storedSeries(store);
});
afterAll(() => store.close());

const range = { from: '2024-01-02', to: '2024-02-15' };
const sessions = sessionDatesBetween(range);
const random = seededRandom(11);
const chance = (share: number) => random() < share;
const anySession = () => sessions[Math.floor(random() * sessions.length)] ?? range.from;

async function dispute(instrumentId: number, exDate: string): Promise<void> {
  await series.split(instrumentId, exDate, 2);
  await sql`update market.corporate_actions set status = 'disputed'
    where instrument_id = ${instrumentId} and ex_date = ${exDate}`.execute(store.db);
}

async function anyInstrument(name: string): Promise<number> {
  const id = await series.instrument(name);
  const bases = [null, unknownBasis, '2024-06-01'];
  const basisFrom = Math.floor(random() * bases.length);
  for (const [at, session] of sessions.entries()) {
    if (chance(0.1)) continue;
    const basis = bases[(basisFrom + Math.floor(at / 12)) % bases.length] ?? null;
    await series.write(id, [[session, [10, 11, 9, 10, 1_000 + at]]], basis);
  }
  const disputes = new Set(chance(0.5) ? [anySession(), anySession()] : []);
  for (const exDate of disputes) await dispute(id, exDate);
  return id;
}

test('the bars that indicators are computed from are those that are served', async () => {
  const ids: number[] = [];
  for (let index = 0; index < 12; index += 1) ids.push(await anyInstrument(`SERVED${index}`));
  const source = 'polygon';
  const query = { instrumentIds: ids, source, through: range.to } as const;
  const computed = decodeBars(await transaction(store, (tx) => copyBars(tx, query)));
  const wanted = ids.map((instrumentId) => ({ instrumentId, through: range.to }));
  const digests = await seriesDigests(store.db, source, wanted);
  let lacking = 0;
  for (const instrumentId of ids) {
    const wish = { instrumentId, source, interval: '1d', range, adjust: 'split' } as const;
    const served = (await readBars(store.db, wish)).map(({ session }) => session);
    expect([...(computed.get(instrumentId)?.day ?? [])].map(dateOfDayNumber)).toEqual(served);
    expect(digests.get(instrumentId)?.bars ?? 0).toBe(served.length);
    if (served.length < sessions.length / 2) lacking += 1;
  }
  expect(lacking).toBeGreaterThan(2);
  expect(lacking).toBeLessThan(ids.length);
});
