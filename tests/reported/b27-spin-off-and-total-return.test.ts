import { expect, test } from 'vitest';
import type { SessionDate } from '../../src/domain/session.ts';
import { chartOf, rowsOf, ticker } from '../support/scripted-market.ts';
import { scriptedCase } from '../support/scripted-case.ts';

interface SpinOff {
  readonly symbol: string;
  readonly exDate: SessionDate;
  /** Of the price before to the price after, in thousandths. */
  readonly ratio: number;
  readonly before: number;
  readonly after: number;
  /** Cash of the same day, as paid. */
  readonly cash: number;
  readonly from: SessionDate;
  readonly to: SessionDate;
}

/** What each read makes of the step across the ex-date, by the bars of one source. */
async function stepsOf(
  lab: Awaited<ReturnType<typeof scriptedCase>>,
  spun: SpinOff,
  source: 'polygon' | 'yahoo',
) {
  const { symbol, exDate, from, to } = spun;
  const steps: Record<string, unknown> = {};
  for (const adjust of ['raw', 'split', 'total'] as const) {
    const bars = await lab.bars(symbol, { from, to, adjust, source });
    const at = bars.findIndex(({ session }) => session >= exDate);
    const [before, after] = [bars[at - 1], bars[at]];
    steps[adjust] = [before?.close, after?.close, before?.volume, after?.volume];
  }
  return steps;
}

const near = (value: number): unknown => expect.closeTo(value, 3);

function rightSteps({ before, after, ratio, cash }: SpinOff) {
  const volumes = [near(1e6), near(1e6)];
  const untouched = [near(before), near(after), ...volumes];
  return {
    raw: untouched,
    split: untouched,
    total: [near(before / (ratio / 1000) - cash), near(after), ...volumes],
  };
}

const spinOffs: readonly SpinOff[] = [
  {
    ...{ symbol: 'GE', exDate: '2023-01-04', ratio: 1281, before: 85.06, after: 66.4, cash: 0 },
    ...{ from: '2022-12-12', to: '2023-02-03' },
  },
  {
    ...{ symbol: 'XLF', exDate: '2016-09-19', ratio: 1231, before: 23.62, after: 19.19, cash: 0 },
    ...{ from: '2016-08-22', to: '2016-10-21' },
  },
  // Cash on the day of a spin-off: both together are what was handed out.
  {
    ...{ symbol: 'XLF', exDate: '2016-09-19', ratio: 1231, before: 23.62, after: 19.08, cash: 0.107 },
    ...{ from: '2016-08-22', to: '2016-10-21' },
  },
];

test.each(spinOffs)(
  'who held $symbol through its spin-off has lost nothing, cash of $cash included',
  async (spun) => {
    const { symbol, exDate, ratio, before, after, cash, from, to } = spun;
    const row = (price: number, v = 1e6) => ({ o: price, h: price, l: price, c: price, v });
    // Who takes a spin-off for a split scales volumes by it as well.
    const adjusted = rowsOf(from, to, (session) =>
      session < exDate ? row(before / (ratio / 1000), 1000 * ratio) : row(after),
    );
    const traded = rowsOf(from, to, (session) => row(session < exDate ? before : after));
    const events = {
      splits: [[exDate, ratio, 1000] as const],
      dividends: cash > 0 ? [[exDate, cash] as const] : [],
    };
    const lab = await scriptedCase({
      now: `${to}T23:00:00Z`,
      charts: { [symbol]: chartOf(symbol, adjusted, { events }) },
      polygon: { tickers: [ticker(symbol, { list_date: '1990-10-04' })], bars: { [symbol]: traded } },
    });
    const range = { startDate: from, endDate: to, symbols: [symbol] };
    await lab.run('yahoo-market-data-hourly', { interval: '1d', incremental: false, ...range });
    expect(await stepsOf(lab, spun, 'yahoo')).toEqual(rightSteps(spun));
    await lab.run('polygon-historical-backfill', range);
    expect(await stepsOf(lab, spun, 'polygon')).toEqual(rightSteps(spun));
  },
);
