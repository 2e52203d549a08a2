import { ichimoku } from '../kernels/ichimoku.ts';
import type { Prices } from '../price-series.ts';
import { eachRow } from './each-row.ts';
import type { Extra } from './extra.ts';

/** What is drawn around the prices, and instead of them. */
export const channelExtras: readonly Extra[] = [
  {
    name: 'ichimoku',
    parameters: { conversion: 9, base: 26, span: 52 },
    columns: ['conversion', 'base', 'span_a', 'span_b'].map((line) => `ichimoku_9_26_52_${line}`),
    needs: ['high', 'low'],
    memory: { kind: 'window', bars: 52 },
    dimension: 'price',
    computedBy: 'barwright',
    compute: (arena, prices) => ichimoku(arena, prices, { conversion: 9, base: 26, span: 52 }),
  },
  {
    name: 'keltner',
    parameters: { average: 20, range: 10, width: 2 },
    columns: ['upper', 'middle', 'lower'].map((line) => `keltner_20_10_2_${line}`),
    needs: ['high', 'low', 'close'],
    memory: { kind: 'recursive', firstRow: 19 },
    dimension: 'price',
    computedBy: 'technicalindicators',
    compute(arena, prices, { KeltnerChannels }) {
      const parameters = { maPeriod: 20, atrPeriod: 10, multiplier: 2 };
      const channels = new KeltnerChannels({ ...parameters, high: [], low: [], close: [] });
      return eachRow(arena, { rows: prices.close.length, firstRows: [19, 19, 19] }, (row) => {
        const next = channels.nextValue(barOf(prices, row));
        return [next?.upper, next?.middle, next?.lower];
      });
    },
  },
  {
    name: 'chandelier_exit',
    parameters: { bars: 22, width: 3 },
    columns: ['chandelier_22_3_long', 'chandelier_22_3_short'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'recursive', firstRow: 22 },
    dimension: 'price',
    computedBy: 'technicalindicators',
    compute(arena, prices, { ChandelierExit }) {
      const exits = new ChandelierExit({ period: 22, multiplier: 3, high: [], low: [], close: [] });
      return eachRow(arena, { rows: prices.close.length, firstRows: [22, 22] }, (row) => {
        const next = exits.nextValue(barOf(prices, row));
        return [next?.exitLong, next?.exitShort];
      });
    },
  },
  {
    name: 'heikin_ashi',
    parameters: {},
    columns: ['open', 'high', 'low', 'close'].map((price) => `heikin_ashi_${price}`),
    needs: ['open', 'high', 'low', 'close'],
    memory: { kind: 'recursive', firstRow: 0 },
    dimension: 'price',
    computedBy: 'technicalindicators',
    compute(arena, prices, { HeikinAshi }) {
      const candles = new HeikinAshi({ open: [], high: [], low: [], close: [] });
      return eachRow(arena, { rows: prices.close.length, firstRows: [0, 0, 0, 0] }, (row) => {
        const next = candles.nextValue(barOf(prices, row));
        return [next?.open, next?.high, next?.low, next?.close];
      });
    },
  },
];

function barOf({ open, high, low, close }: Prices, row: number) {
  return { open: open[row] ?? NaN, high: high[row] ?? NaN, low: low[row] ?? NaN, close: close[row] ?? NaN };
}
