import { expect, test } from 'vitest';
import { sources } from '../../src/domain/source.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, quiet, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';

const [from, to] = ['2022-12-15', '2023-02-09'];
const cases = [
  { symbol: 'JEF', exDate: '2023-01-17', terms: 1046, before: 39.7, after: 38 },
  { symbol: 'GE', exDate: '2023-01-04', terms: 1281, before: 85, after: 66.4 },
] as const;
const orders = [['polygon'], ['yahoo'], ['yahoo', 'polygon']] as const;

test.each(cases.flatMap((one) => orders.map((order) => ({ ...one, order }))))(
  '$symbol $terms:1000 in the lists of $order is a spin-off: no share was split',
  async ({ symbol, exDate, terms, before, after, order }) => {
    const ratio = terms / 1000;
    const rows = rowsOf(from, to, (session, at) =>
      quiet((session < exDate ? before : after) * (1 + at / 1e5)),
    );
    const adjusted = rows.map((row): ScriptedRow =>
      row.d < exDate
        ? { ...row, o: row.o / ratio, h: row.h / ratio, l: row.l / ratio, c: row.c / ratio, v: row.v * ratio }
        : row,
    );
    const lab = await scriptedCase({
      now: '2023-02-10T22:00:00Z',
      polygon: {
        tickers: [ticker(symbol, { list_date: '1970-01-02' })],
        bars: { [symbol]: rows },
        splits: [
          {
            id: 'S1',
            ticker: symbol,
            execution_date: exDate,
            split_from: 1000,
            split_to: terms,
            adjustment_type: 'forward_split',
          },
        ],
      },
      charts: { [symbol]: chartOf(symbol, adjusted, { events: { splits: [[exDate, terms, 1000]] } }) },
    });
    const dates = { startDate: from, endDate: to, symbols: [symbol] };
    for (const source of order) {
      if (sources[source].prices === 'split_adjusted')
        await lab.run('yahoo-market-data-hourly', { ...dates, interval: '1d', incremental: false });
      else {
        await lab.run('polygon-historical-backfill', dates);
        await lab.run('polygon-daily-ingestion', { daysBack: 1, symbols: [symbol] });
      }
    }
    const actions = await lab.actions(symbol);
    expect(new Set(actions.map(({ kind }) => kind))).toEqual(new Set(['spin_off']));
    expect(actions.filter(({ status }) => status === 'effective')).toHaveLength(1);
    for (const source of order)
      for (const adjust of ['raw', 'split'] as const) {
        const bars = await lab.bars(symbol, { from, to, source, adjust });
        const read = bars.map(({ close, volume }) => [Number(close.toFixed(4)), Math.round(volume)]);
        expect({ source, adjust, read }).toEqual({
          source,
          adjust,
          read: rows.map(({ c, v }) => [Number(c.toFixed(4)), v]),
        });
      }
    const rules = (await lab.findings()).map(({ rule }) => rule);
    expect(rules.includes('spin_off_as_split')).toBe((order as readonly string[]).includes('polygon'));
  },
);
