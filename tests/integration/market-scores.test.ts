import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import { scoreMarket } from '../../src/pipelines/quality/score-market.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { readMarketScores } from '../../src/store/market-scores.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { generatedSeries, liquid } from '../support/generated-series.ts';
import { storedSeries, type DatedBar } from '../support/stored-series.ts';

const dates = sessionsBetween({ from: '2023-09-01', to: '2024-02-09' }).map(({ session }) => session);
const range = { from: dates[40] ?? '', to: dates.at(-1) ?? '' };
const crash = dates[70] ?? '';
let store: TestDatabase;
const ids: number[] = [];

beforeAll(async () => {
  store = await freshDatabase();
  const series = await storedSeries(store);
  for (let at = 0; at < 24; at += 1) {
    const { open, high, low, close, volume } = generatedSeries(at + 1, { ...liquid, bars: dates.length });
    const id = await series.instrument(`S${at}`);
    ids.push(id);
    await series.write(
      id,
      dates.map((date, row): DatedBar => {
        const [o = 1, h = 1, l = 1, c = 1, v = 1] = [open, high, low, close, volume].map(
          (column) => column[row],
        );
        return [date, [o, h, date === crash ? l * 0.7 : l, c, v]];
      }),
    );
  }
});
afterAll(() => store.close());

const wicks = async (instruments: readonly number[]) => {
  await validateBatch(store, { runId: randomUUID(), range, checks: ['wick'] }, instruments);
  const findings = await readFindings(store.db, { instrumentIds: null, severity: null, status: 'open' });
  return findings.filter(({ from }) => from === crash).length;
};

test('what the whole market did is no fault of one, also where one alone is judged later', async () => {
  expect(await wicks(ids)).toBe(24);
  await scoreMarket(store, ids, range);
  const scores = await readMarketScores(store.db, 'polygon', range);
  expect(scores.size).toBe(sessionsBetween(range).length);
  expect(scores.get(dayNumber(crash)) ?? 0).toBeGreaterThan(5);
  expect(await wicks(ids.slice(0, 1))).toBe(23);
  expect(await wicks(ids)).toBe(0);
  // Again it is the same.
  await scoreMarket(store, ids, range);
  expect(await readMarketScores(store.db, 'polygon', range)).toEqual(scores);
});
