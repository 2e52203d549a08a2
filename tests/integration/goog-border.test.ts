import { expect, test } from 'vitest';
import type { TickerTerm } from '../../src/domain/ticker-term.ts';
import { adjustments } from '../../src/store/adjusted-bars.ts';
import { writeTerms } from '../../src/store/symbol-history.ts';
import { transaction } from '../../src/store/transaction.ts';
import { hasFixtures, readCsv } from '../support/fixtures.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { ticker, type ScriptedRow } from '../support/scripted-market.ts';

/** GOOG was class A before this day, which is GOOGL since, and is class C since. */
const border = '2014-04-03';
const lastBefore = '2014-04-02';
const [firstDay, lastDay] = ['2004-08-19', '2021-03-31'];

function recorded(symbol: string): readonly ScriptedRow[] {
  const rows = readCsv(`bars/lean_${symbol}_daily_raw.csv`);
  return rows
    .map(({ date = '', open, high, low, close, volume }) => ({
      ...{ d: date, o: Number(open), h: Number(high), l: Number(low), c: Number(close), v: Number(volume) },
    }))
    .filter(({ d }) => d >= firstDay);
}

const split = (symbol: string, exDate: string, from: number, to: number) => ({
  ...{ id: `${symbol} ${exDate}`, ticker: symbol, execution_date: exDate, split_from: from, split_to: to },
});

/** As the recorded files have them; the small one are the shares that holders of class C were given. */
const small = { exDate: '2015-04-27', ratio: 1.0027003 };
const recordedSplits = [
  split('GOOG', small.exDate, 10_000_000, 10_027_003),
  split('AAPL', '2005-02-28', 1, 2),
  split('AAPL', '2014-06-09', 1, 7),
  split('AAPL', '2020-08-31', 1, 4),
];

/** The recorded market, loaded with the border in the history of symbols. */
async function loaded(splits: readonly ReturnType<typeof split>[]) {
  const bars = { GOOG: recorded('GOOG'), AAPL: recorded('AAPL') };
  const lab = await scriptedCase({
    now: '2021-04-02T22:00:00Z',
    polygon: {
      tickers: [
        ticker('GOOG', { composite_figi: 'BBG009S3NB30', cik: '0001652044', list_date: firstDay }),
        ticker('GOOGL', { composite_figi: 'BBG009S39JX6', cik: '0001652044', list_date: firstDay }),
        ticker('AAPL', { composite_figi: 'BBG000B9XRY4', cik: '0000320193', list_date: '1980-12-12' }),
      ],
      bars,
      splits,
    },
  });
  await lab.worker.execute('syncUniverse', []);
  const [classA, classC] = [await lab.idOf('GOOGL'), await lab.idOf('GOOG')];
  const term = (instrumentId: number, name: string, from: string, to: string | null): TickerTerm => ({
    ...{ instrumentId, ticker: name, from, to },
    ...{ evidence: 'figi', fromBy: 'bars', toBy: 'bars' },
  });
  const terms = [
    term(classA, 'GOOG', firstDay, lastBefore),
    term(classA, 'GOOGL', border, null),
    term(classC, 'GOOG', border, null),
  ];
  await transaction(lab.store, (tx) => writeTerms(tx, 'polygon', terms, { runId: null, reason: null }));
  const symbols = ['AAPL', 'GOOG', 'GOOGL'];
  await lab.run('polygon-historical-backfill', { startDate: firstDay, endDate: lastDay, symbols });
  await lab.run('polygon-daily-ingestion', { daysBack: 1, symbols });
  const read = (symbol: string, adjust: (typeof adjustments)[number]) =>
    lab.bars(symbol, { from: firstDay, to: lastDay, adjust });
  return { lab, read, bars };
}

/** By how much a close is another than the one before, at most, as a factor. */
function largestStep(bars: readonly { readonly close: number }[]): number {
  const steps = bars
    .slice(1)
    .map(({ close }, place) => Math.abs(Math.log(close / (bars[place]?.close ?? NaN))));
  return Math.exp(Math.max(...steps));
}

/** What the file has most is 1.3995, after the last trades of 2008-09-30 went wrong; across the border it halves. */
const mostOfADay = 1.4;

test.skipIf(!hasFixtures).each([
  ['as recorded', recordedSplits],
  ['with the border told as a split', [...recordedSplits, split('GOOG', border, 1000, 2002)]],
])(
  'each half of GOOG is of its own instrument and has no step, and no split is invented: %s (../shared)',
  async (_, splits) => {
    const { lab, read, bars } = await loaded(splits);
    const asked = lab.log.flatMap((one) => /ticker\/GOOG\/range\/1\/day\/([0-9/-]+)/.exec(one)?.[1] ?? []);
    expect(asked.toSorted()).toEqual([`${firstDay}/${lastBefore}`, `${border}/${lastDay}`]);
    const halves = {
      GOOGL: bars.GOOG.filter(({ d }) => d < border),
      GOOG: bars.GOOG.filter(({ d }) => d >= border),
    };
    expect(largestStep(bars.GOOG.map(({ c }) => ({ close: c })))).toBeGreaterThan(1.9);
    for (const [symbol, half] of Object.entries(halves)) {
      const days = half.map(({ d, c }) => [d, c]);
      expect((await read(symbol, 'raw')).map(({ session, close }) => [session, close])).toEqual(days);
      for (const adjust of adjustments) {
        const adjusted = await read(symbol, adjust);
        expect(adjusted.map(({ session }) => session)).toEqual(half.map(({ d }) => d));
        expect(largestStep(adjusted)).toBeLessThan(mostOfADay);
      }
    }
    expect(await read('GOOGL', 'total')).toEqual(await read('GOOGL', 'raw'));
    // By the terms of its ratio it is what holders were given, no split: total takes it out of the price.
    expect(await read('GOOG', 'split')).toEqual(await read('GOOG', 'raw'));
    const rounded = (close: number) => Number(close.toPrecision(10));
    expect((await read('GOOG', 'total')).map(({ close }) => rounded(close))).toEqual(
      halves.GOOG.map(({ d, c }) => rounded(d < small.exDate ? c / small.ratio : c)),
    );
    expect(await lab.actions('GOOGL')).toEqual([]);
    expect((await lab.findings()).map(({ rule }) => rule)).toEqual(['spin_off_as_split']);
    expect((await lab.actions('GOOG')).filter(({ exDate }) => exDate !== border)).toMatchObject([
      { exDate: small.exDate, kind: 'spin_off', ratio: small.ratio, status: 'effective' },
    ]);
    expect((await lab.actions('AAPL')).map(({ exDate, status }) => [exDate, status])).toEqual(
      ['2005-02-28', '2014-06-09', '2020-08-31'].map((exDate) => [exDate, 'effective']),
    );
  },
);
