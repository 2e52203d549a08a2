import { createHash } from 'node:crypto';
import type { Indicator } from './indicator.ts';
import { bollinger } from './kernels/bollinger.ts';
import { cci } from './kernels/cci.ts';
import { adx, directionalIndicators } from './kernels/directional.ts';
import { ema } from './kernels/ema.ts';
import { macd } from './kernels/macd.ts';
import { mfi } from './kernels/mfi.ts';
import { obv } from './kernels/obv.ts';
import { roc } from './kernels/roc.ts';
import { rsi } from './kernels/rsi.ts';
import { sma } from './kernels/sma.ts';
import { stochasticFast, stochasticSlow } from './kernels/stochastic.ts';
import { atr, trueRange } from './kernels/true-range.ts';
import { williamsR } from './kernels/williams-r.ts';
import { findPatterns, patternBars, patternNames, patterns } from './patterns/find-patterns.ts';

/**
 * Every indicator, defined as in TA-Lib. There is no state to carry from day to day: a value is computed from the whole
 * history, since reading and computing that costs less than keeping state right through corrections and splits would.
 */
export const indicators: readonly Indicator[] = [
  ...[20, 50, 200].map(smaOf),
  ...[12, 26, 50].map(emaOf),
  {
    name: 'rsi',
    parameters: { bars: 14 },
    columns: ['rsi_14'],
    needs: ['close'],
    memory: { kind: 'recursive', firstRow: 14 },
    compute: (arena, { close }) => [rsi(arena, close, 14)],
  },
  {
    name: 'macd',
    parameters: { fast: 12, slow: 26, signal: 9 },
    columns: ['macd_12_26_9', 'macd_signal', 'macd_hist'],
    needs: ['close'],
    memory: { kind: 'recursive', firstRow: 33 },
    compute: (arena, { close }) => macd(arena, close, { fast: 12, slow: 26, signal: 9 }),
  },
  {
    name: 'bollinger',
    parameters: { bars: 20, width: 2 },
    columns: ['bb_upper_20_2', 'bb_middle_20_2', 'bb_lower_20_2'],
    needs: ['close'],
    memory: { kind: 'window', bars: 20 },
    compute: (arena, { close }) => bollinger(arena, close, 20, 2),
  },
  {
    name: 'atr',
    parameters: { bars: 14 },
    columns: ['atr_14'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'recursive', firstRow: 14 },
    compute: (arena, prices) => [atr(arena, prices, 14)],
  },
  {
    name: 'adx',
    parameters: { bars: 14 },
    columns: ['adx_14'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'recursive', firstRow: 27 },
    compute: (arena, prices) => [adx(arena, prices, 14)],
  },
  {
    name: 'directional_indicators',
    parameters: { bars: 14 },
    columns: ['plus_di_14', 'minus_di_14'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'recursive', firstRow: 14 },
    compute: (arena, prices) => directionalIndicators(arena, prices, 14),
  },
  {
    name: 'stochastic_slow',
    parameters: { bars: 14, smoothK: 3, smoothD: 3 },
    columns: ['stoch_k_14_3', 'stoch_d_3'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'window', bars: 18 },
    compute: (arena, prices) => stochasticSlow(arena, prices, 14, 3),
  },
  {
    name: 'stochastic_fast',
    parameters: { bars: 14, smoothD: 3 },
    columns: ['stochf_k_14', 'stochf_d_3'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'window', bars: 16 },
    compute: (arena, prices) => stochasticFast(arena, prices, 14, 3),
  },
  {
    name: 'obv',
    parameters: {},
    columns: ['obv'],
    needs: ['close', 'volume'],
    memory: { kind: 'recursive', firstRow: 0 },
    compute: (arena, prices) => [obv(arena, prices)],
  },
  {
    name: 'cci',
    parameters: { bars: 20 },
    columns: ['cci_20'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'window', bars: 20 },
    compute: (arena, prices) => [cci(arena, prices, 20)],
  },
  {
    name: 'williams_r',
    parameters: { bars: 14 },
    columns: ['willr_14'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'window', bars: 14 },
    compute: (arena, prices) => [williamsR(arena, prices, 14)],
  },
  {
    name: 'mfi',
    parameters: { bars: 14 },
    columns: ['mfi_14'],
    needs: ['high', 'low', 'close', 'volume'],
    memory: { kind: 'window', bars: 15 },
    compute: (arena, prices) => [mfi(arena, prices, 14)],
  },
  {
    name: 'roc',
    parameters: { bars: 10 },
    columns: ['roc_10'],
    needs: ['close'],
    memory: { kind: 'window', bars: 11 },
    compute: (arena, { close }) => [roc(arena, close, 10)],
  },
  {
    name: 'true_range',
    parameters: {},
    columns: ['true_range'],
    needs: ['high', 'low', 'close'],
    memory: { kind: 'window', bars: 2 },
    compute: (arena, prices) => [trueRange(arena, prices)],
  },
  {
    name: 'patterns',
    parameters: { names: patterns.map(({ name }) => name).join(' ') },
    columns: ['patterns'],
    needs: ['open', 'high', 'low', 'close'],
    memory: { kind: 'window', bars: patternBars },
    compute: (arena, prices) => [findPatterns(arena, prices)],
    namesOf: patternNames,
  },
];

function smaOf(bars: number): Indicator {
  return {
    name: 'sma',
    parameters: { bars },
    columns: [`sma_${bars}`],
    needs: ['close'],
    memory: { kind: 'window', bars },
    compute: (arena, { close }) => [sma(arena, close, bars)],
  };
}

function emaOf(bars: number): Indicator {
  return {
    name: 'ema',
    parameters: { bars },
    columns: [`ema_${bars}`],
    needs: ['close'],
    memory: { kind: 'recursive', firstRow: bars - 1 },
    compute: (arena, { close }) => [ema(arena, close, bars)],
  };
}

/** To be raised when values change though no declaration does. */
const formulas = 1;

/** What makes stored values old when it changes: twelve hexadecimal digits of the declarations. */
export const parametersVersion = createHash('sha256')
  .update(JSON.stringify([formulas, indicators]))
  .digest('hex')
  .slice(0, 12);
