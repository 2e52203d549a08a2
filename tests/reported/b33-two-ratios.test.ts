import { expect, test } from 'vitest';
import { whyWithheld, withheldBars } from '../../src/store/withheld-bars.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';

interface Told {
  readonly exDate: string;
  /** Shares afterwards per share before, as it traded. */
  readonly ratio: number;
  /** Before, after. */
  readonly polygon: readonly [number, number];
  /** After, before. */
  readonly yahoo: readonly [number, number];
}

async function traded({ exDate, ratio, polygon, yahoo }: Told) {
  const [from, to] = ['2019-04-15', '2019-06-14'];
  const rows = rowsOf(from, to, (session, at) =>
    quiet((session < exDate ? 10 : 10 / ratio) * (1 + at / 10_000)),
  );
  const adjusted = rows.map((row): ScriptedRow =>
    row.d < exDate ? { ...row, o: row.o / ratio, h: row.h / ratio, l: row.l / ratio, c: row.c / ratio } : row,
  );
  const split = {
    id: 'S',
    ticker: 'NVAX',
    execution_date: exDate,
    split_from: polygon[0],
    split_to: polygon[1],
  };
  const lab = await scriptedCase({
    now: '2019-07-10T22:00:00Z',
    polygon: {
      tickers: [ticker('NVAX', { list_date: '1995-12-05' })],
      bars: { NVAX: rows },
      splits: [split],
    },
    charts: {
      NVAX: chartOf('NVAX', adjusted, { events: { splits: [[exDate, yahoo[0], yahoo[1]]] } }),
    },
  });
  const dates = { startDate: from, endDate: to, symbols: ['NVAX'] };
  await lab.run('polygon-historical-backfill', dates);
  await lab.run('polygon-daily-ingestion', { daysBack: 1, symbols: ['NVAX'] });
  await lab.run('yahoo-market-data-hourly', { ...dates, interval: '1d', incremental: false });
  return { lab, rows, adjusted, from, to };
}

const rounded = (closes: readonly number[]) => closes.map((close) => Number(close.toPrecision(6)));

test.each<[string, Told]>([
  ['12 and 20', { exDate: '2019-05-10', ratio: 1 / 20, polygon: [12, 1], yahoo: [1, 20] }],
  ['20 and 12', { exDate: '2019-05-10', ratio: 1 / 20, polygon: [20, 1], yahoo: [1, 12] }],
  ['4 upside down and 4', { exDate: '2019-05-10', ratio: 4, polygon: [4, 1], yahoo: [4, 1] }],
  ['3 and 5', { exDate: '2019-05-10', ratio: 5, polygon: [1, 3], yahoo: [5, 1] }],
])('of %s the one that prices show counts', async (_, told) => {
  const { lab, rows, adjusted, from, to } = await traded(told);
  const closes = async (source: 'polygon' | 'yahoo', adjust: 'raw' | 'split') =>
    rounded((await lab.bars('NVAX', { from, to, source, adjust })).map(({ close }) => close));
  const [asTraded, split] = [rows, adjusted].map((list) => rounded(list.map(({ c }) => c)));
  expect(await closes('polygon', 'raw')).toEqual(asTraded);
  expect(await closes('polygon', 'split')).toEqual(split);
  expect(await closes('yahoo', 'raw')).toEqual(asTraded);
  expect(await closes('yahoo', 'split')).toEqual(split);
  const actions = await lab.actions('NVAX');
  expect(actions.map(({ status }) => status).sort()).toEqual(['effective', 'shadowed']);
  const open = (await lab.findings()).filter(({ status }) => status === 'open');
  expect(open.map(({ rule }) => rule)).toEqual(['splits_differ']);
});

test('a ratio that nobody tells rightly is not adjusted for: what lies before is withheld', async () => {
  const { lab, rows, from, to } = await traded({
    exDate: '2019-05-10',
    ratio: 15,
    polygon: [1, 10],
    yahoo: [6, 1],
  });
  const raw = await lab.bars('NVAX', { from, to });
  expect(rounded(raw.map(({ close }) => close))).toEqual(rounded(rows.map(({ c }) => c)));
  const after = rows.filter(({ d }) => d >= '2019-05-10').map(({ d }) => d);
  for (const source of ['polygon', 'yahoo'] as const) {
    const split = await lab.bars('NVAX', { from, to, source, adjust: 'split' });
    expect(split.map(({ session }) => session)).toEqual(after);
  }
  expect((await lab.bars('NVAX', { from, to, source: 'yahoo' })).map(({ session }) => session)).toEqual(
    after,
  );
  expect((await lab.actions('NVAX')).map(({ status }) => status)).toContain('disputed');
  const instrumentId = await lab.idOf('NVAX');
  const wish = { source: 'polygon', interval: '1d', range: { from, to } } as const;
  const whyLeftOut = async (adjust: 'raw' | 'split') => {
    const withheld = await withheldBars(lab.store.db, { ...wish, instrumentIds: [instrumentId], adjust });
    return whyWithheld(withheld.get(instrumentId));
  };
  const before = rows.length - after.length;
  expect(await whyLeftOut('split')).toEqual([
    `${before} bars are withheld: prices show something on 2019-05-10 that no source tells rightly`,
  ]);
  expect(await whyLeftOut('raw')).toEqual([]);
});
