import type { Extra } from './extra.ts';
import { eachRow } from './each-row.ts';

const kst = {
  ROCPer1: 10,
  ROCPer2: 15,
  ROCPer3: 20,
  ROCPer4: 30,
  SMAROCPer1: 10,
  SMAROCPer2: 10,
  SMAROCPer3: 10,
  SMAROCPer4: 15,
  signalPeriod: 9,
};
const kstKey = `kst_${Object.values(kst).join('_')}`;

/** Averages, and what is made of averages of prices. */
export const averageExtras: readonly Extra[] = [
  {
    name: 'trix',
    parameters: { bars: 15 },
    columns: ['trix_15'],
    needs: ['close'],
    memory: { kind: 'recursive', firstRow: 43 },
    dimension: 'none',
    computedBy: 'technicalindicators',
    compute(arena, { close }, { TRIX }) {
      const trix = new TRIX({ period: 15, values: [] });
      const expected = { rows: close.length, firstRows: [43], leavesOutZero: true };
      return eachRow(arena, expected, (row) => [trix.nextValue(close[row] ?? NaN)]);
    },
  },
  {
    name: 'kst',
    parameters: kst,
    columns: [kstKey, `${kstKey}_signal`],
    needs: ['close'],
    memory: { kind: 'window', bars: 53 },
    dimension: 'none',
    computedBy: 'technicalindicators',
    compute(arena, { close }, { KST }) {
      const knowSureThing = new KST({ ...kst, values: [] });
      const expected = { rows: close.length, firstRows: [44, 52], leavesOutZero: true };
      return eachRow(arena, expected, (row) => {
        const next = knowSureThing.nextValue(close[row] ?? NaN);
        return [next?.kst, next?.signal];
      });
    },
  },
  {
    name: 'awesome_oscillator',
    parameters: { fast: 5, slow: 34 },
    columns: ['ao_5_34'],
    needs: ['high', 'low'],
    memory: { kind: 'window', bars: 34 },
    dimension: 'price',
    computedBy: 'technicalindicators',
    compute(arena, { high, low }, { AwesomeOscillator }) {
      const oscillator = new AwesomeOscillator({ fastPeriod: 5, slowPeriod: 34, high: [], low: [] });
      return eachRow(arena, { rows: high.length, firstRows: [33] }, (row) => {
        return [oscillator.nextValue({ high: high[row] ?? NaN, low: low[row] ?? NaN })];
      });
    },
  },
  {
    name: 'vwap',
    parameters: { since: 'the first bar' },
    columns: ['vwap'],
    needs: ['high', 'low', 'close', 'volume'],
    memory: { kind: 'recursive', firstRow: 0 },
    dimension: 'price',
    computedBy: 'technicalindicators',
    compute(arena, { high, low, close, volume }, { VWAP }) {
      const vwap = new VWAP({ high: [], low: [], close: [], volume: [] });
      return eachRow(arena, { rows: close.length, firstRows: [0] }, (row) => {
        const [top, bottom, price] = [high[row] ?? NaN, low[row] ?? NaN, close[row] ?? NaN];
        return [vwap.nextValue({ high: top, low: bottom, close: price, volume: volume[row] ?? NaN })];
      });
    },
  },
  {
    name: 'wma',
    parameters: { bars: 20 },
    columns: ['wma_20'],
    needs: ['close'],
    memory: { kind: 'window', bars: 20 },
    dimension: 'price',
    computedBy: 'technicalindicators',
    compute(arena, { close }, { WMA }) {
      const average = new WMA({ period: 20, values: [] });
      return eachRow(arena, { rows: close.length, firstRows: [19] }, (row) => [
        average.nextValue(close[row] ?? NaN),
      ]);
    },
  },
];
