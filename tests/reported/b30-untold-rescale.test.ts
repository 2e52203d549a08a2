import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, openOf, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';

const rows = rowsOf('2026-05-01', '2026-08-21', (_, at) => quiet(8 * (1 + (at % 9) / 300), 4e6));
const symbol = 'RIO';
const first = '2026-08-14';
const days = ['2026-08-17', '2026-08-18', '2026-08-19', '2026-08-20'];
const pence = (row: ScriptedRow): ScriptedRow => ({
  ...row,
  ...{ o: row.o * 100, h: row.h * 100, l: row.l * 100, c: row.c * 100 },
});
const split = (row: ScriptedRow): ScriptedRow => ({
  ...row,
  ...{ o: row.o / 2, h: row.h / 2, l: row.l / 2, c: row.c / 2, v: row.v * 2 },
});

/** A source that gives all prices otherwise from a day on, of which nobody tells. */
async function rescaled() {
  const lab = await scriptedCase({
    now: `${first}T22:00:00Z`,
    polygon: { tickers: [ticker(symbol, { primary_exchange: 'XNYS', list_date: '1990-06-28' })] },
  });
  const evening = async (day: string, tell: (row: ScriptedRow) => ScriptedRow, startDate = day) => {
    lab.market.now = `${day}T22:00:00Z`;
    const begun = rows.filter(({ d }) => openOf(d) * 1000 < Date.parse(lab.market.now));
    lab.market.charts = { [symbol]: chartOf(symbol, begun.map(tell)) };
    await lab.run('yahoo-market-data-hourly', {
      ...{ startDate, endDate: day, symbols: [symbol] },
      ...{ interval: '1d', incremental: false },
    });
  };
  const closes = async () => {
    const range = { from: '2026-05-01', to: '2026-08-21', source: 'yahoo' } as const;
    return new Map((await lab.bars(symbol, range)).map(({ session, close }) => [session, close]));
  };
  await evening(first, (row) => row, '2026-05-01');
  await evening('2026-08-16', (row) => row, '2026-05-01');
  const rules = async () => (await lab.findings()).map(({ rule }) => rule);
  return { lab, evening, closes, rules };
}

const upTo = (day: string) => rows.filter(({ d }) => d <= day);
const like = (list: readonly ScriptedRow[]) => new Map(list.map(({ d, c }) => [d, expect.closeTo(c, 4)]));

test('a series that is told in other units is asked for as a whole after the third refusal, and believed', async () => {
  const { lab, evening, closes, rules } = await rescaled();
  for (const day of days.slice(0, 2)) {
    await evening(day, pence);
    expect(await closes()).toEqual(like(upTo(first)));
    expect(await rules()).toEqual([]);
  }
  await evening(days[2] ?? '', pence);
  expect(await closes()).toEqual(like(upTo(days[2] ?? '').map(pence)));
  expect(await rules()).toEqual(['series_rescaled']);
  expect(await lab.rows('select from market.bar_revisions')).toEqual([]);
  await evening(days[3] ?? '', pence);
  expect(await closes()).toEqual(like(upTo(days[3] ?? '').map(pence)));
  expect(
    await lab.rows(`select from market.load_runs where error_kind = 'SplitBasisUnknown'
    and range_end = '${days[3]}'`),
  ).toEqual([]);
});

test.each<[string, (row: ScriptedRow) => ScriptedRow]>([
  ['by a split that nobody tells', split],
  ['in a part of it alone', (row) => (row.d >= '2026-06-10' ? pence(row) : row)],
])('a series that is told otherwise %s stays as it was, and what is new withheld', async (_, tell) => {
  const { evening, closes, rules } = await rescaled();
  for (const day of days) {
    await evening(day, tell);
    expect(await closes()).toEqual(like(upTo(first)));
  }
  expect(await rules()).toEqual(['rescale_not_believed']);
});
