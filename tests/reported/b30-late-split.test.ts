import { expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, openOf, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';

const exDate = '2026-08-14';
const rows = rowsOf('2026-07-13', '2026-08-21', (session, at) =>
  quiet((session < exDate ? 0.5 : 15) * (1 + at / 1000), session < exDate ? 6e7 : 2e6),
);
const adjusted = rows.map((row): ScriptedRow =>
  row.d < exDate
    ? { ...row, o: row.o * 30, h: row.h * 30, l: row.l * 30, c: row.c * 30, v: row.v / 30 }
    : row,
);
const close = (session: string, list = rows) => list.find(({ d }) => d === session)?.c ?? NaN;

async function late() {
  const lab = await scriptedCase({
    now: '2026-08-14T12:00:00Z',
    polygon: { tickers: [ticker('BYND', { primary_exchange: 'XNAS', list_date: '2019-05-02' })] },
  });
  const show = (list: readonly ScriptedRow[], isListed = true) => {
    const begun = list.filter(({ d }) => openOf(d) * 1000 < Date.parse(lab.market.now));
    const events = isListed ? { splits: [[exDate, 1, 30]] as const } : {};
    lab.market.charts = { BYND: chartOf('BYND', begun, { events }) };
  };
  const load = async (startDate: string, endDate: string) =>
    lab.run('yahoo-market-data-hourly', {
      ...{ startDate, endDate, symbols: ['BYND'] },
      ...{ interval: '1d', incremental: false },
    });
  const check = async () => {
    const read = { from: '2026-07-13', to: '2026-08-21', source: 'yahoo' } as const;
    const raw = await lab.bars('BYND', read);
    for (const bar of raw)
      expect([bar.session, bar.close / close(bar.session)]).toEqual([bar.session, expect.closeTo(1, 5)]);
    const split = await lab.bars('BYND', { ...read, adjust: 'split' });
    return { raw: raw.length, split: new Map(split.map((bar) => [bar.session, bar.close])) };
  };
  return { lab, show, load, check };
}

test('the morning of the ex-date, then a source that is late for days: no raw price is ever wrong', async () => {
  const { lab, show, load, check } = await late();
  show(rows);
  await load('2026-07-13', '2026-08-13');
  await check();
  lab.market.now = '2026-08-17T22:00:00Z';
  show(rows);
  await load('2026-08-10', '2026-08-17');
  const monday = await check();
  expect(monday.split.get('2026-08-13')).toBeCloseTo(close('2026-08-13', adjusted), 3);
  lab.market.now = '2026-08-19T22:00:00Z';
  show(adjusted);
  await load('2026-08-12', '2026-08-19');
  const wednesday = await check();
  expect(wednesday.raw).toBe(rows.filter(({ d }) => d <= '2026-08-19').length);
  expect(wednesday.split.get('2026-07-13')).toBeCloseTo(close('2026-07-13', adjusted), 3);
  expect(await lab.rows('select 1 from market.bar_revisions')).toEqual([]);
});

test('a backfill of days before the split while the source is late: it is put right once the split is learnt', async () => {
  const { lab, show, load, check } = await late();
  lab.market.now = '2026-08-15T14:00:00Z';
  show(rows, false);
  await load('2026-07-13', '2026-08-12');
  await check();
  show(rows);
  await load('2026-08-14', '2026-08-14');
  await check();
  lab.market.now = '2026-08-19T22:00:00Z';
  show(adjusted);
  await load('2026-08-12', '2026-08-19');
  const read = await check();
  expect(read.split.get('2026-07-13')).toBeCloseTo(close('2026-07-13', adjusted), 3);
  expect(await lab.rows('select 1 from market.bar_revisions')).toEqual([]);
});
