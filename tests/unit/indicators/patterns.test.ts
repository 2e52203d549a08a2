import { describe, expect, test } from 'vitest';
import { computeIndicators } from '../../../src/indicators/compute-indicators.ts';
import { patternNames, patterns } from '../../../src/indicators/patterns/find-patterns.ts';
import { seriesOf, type BarRow } from './series.ts';

type Candle = readonly [open: number, high: number, low: number, close: number];

const bar = ([open, high, low, close]: Candle): BarRow => [open, high, low, close, 1];
/** Neither a trend nor a pattern with what follows. */
const quiet: Candle = [20, 20.6, 19.5, 20.1];

/** What is found where the candles end, after quiet ones. */
function found(...candles: readonly Candle[]): readonly string[] {
  const before = Array.from({ length: 5 - candles.length }, () => quiet);
  const rows = [...before, ...candles].map(bar);
  return computeIndicators(seriesOf(rows)).names.get('patterns')?.at(-1) ?? ['nothing computed'];
}

const falling: readonly Candle[] = [
  [25, 25.3, 23.7, 24],
  [24, 24.4, 22.5, 23],
  [23, 23.2, 21.6, 22],
];
const rising: readonly Candle[] = [
  [15, 16.4, 14.8, 16],
  [16, 17.3, 15.7, 17],
  [17, 18.5, 16.6, 18],
];

const examples: readonly (readonly [string, readonly Candle[]])[] = [
  ['doji', [[20, 21, 19, 20.01]]],
  ['dragonfly_doji', [[20, 20.01, 19, 20]]],
  ['gravestone_doji', [[20, 21, 20, 20.01]]],
  ['bullish_hammer', [[20, 20.5, 19, 20.5]]],
  ['bearish_hammer', [[20.5, 20.5, 19, 20]]],
  ['bullish_inverted_hammer', [[20, 21.5, 20, 20.5]]],
  ['bearish_inverted_hammer', [[20.5, 21.5, 20, 20]]],
  ['bullish_marubozu', [[20, 22, 20, 22]]],
  ['bearish_marubozu', [[22, 22, 20, 20]]],
  [
    'bullish_engulfing',
    [
      [20, 20.5, 18.5, 19],
      [18.8, 20.9, 18.4, 20.4],
    ],
  ],
  [
    'bearish_engulfing',
    [
      [19, 20.5, 18.5, 20],
      [20.2, 20.6, 18.4, 18.8],
    ],
  ],
  [
    'bullish_harami',
    [
      [22, 22.4, 18.6, 19],
      [20, 21, 19.6, 20.6],
    ],
  ],
  [
    'bearish_harami',
    [
      [19, 22.4, 18.6, 22],
      [20.6, 21, 19.6, 20],
    ],
  ],
  [
    'bullish_harami_cross',
    [
      [22, 22.4, 18.6, 19],
      [20, 21, 19.6, 20.01],
    ],
  ],
  [
    'bearish_harami_cross',
    [
      [19, 22.4, 18.6, 22],
      [20.01, 21, 19.6, 20],
    ],
  ],
  [
    'piercing_line',
    [
      [22, 22.4, 18.6, 19],
      [18, 21.5, 17.5, 21],
    ],
  ],
  [
    'dark_cloud_cover',
    [
      [19, 22.4, 18.6, 22],
      [23, 23.5, 19.5, 20],
    ],
  ],
  [
    'morning_star',
    [
      [22, 22.4, 18.6, 19],
      [18, 18.4, 17, 17.6],
      [19, 22, 18.6, 21.4],
    ],
  ],
  [
    'evening_star',
    [
      [19, 22.4, 18.6, 22],
      [23, 24, 22.8, 23.4],
      [22, 22.5, 19, 19.6],
    ],
  ],
  [
    'morning_doji_star',
    [
      [22, 22.4, 18.6, 19],
      [18, 18.4, 17, 18],
      [19, 22, 18.6, 21.4],
    ],
  ],
  [
    'evening_doji_star',
    [
      [19, 22.4, 18.6, 22],
      [23, 24, 22.8, 23],
      [22, 22.5, 19, 19.6],
    ],
  ],
  [
    'three_white_soldiers',
    [
      [18, 19.4, 17.7, 19],
      [18.6, 20.4, 18.3, 20],
      [19.6, 21.4, 19.2, 21],
    ],
  ],
  [
    'three_black_crows',
    [
      [21, 21.4, 19.7, 20],
      [20.4, 20.7, 18.6, 19],
      [19.4, 19.8, 17.7, 18],
    ],
  ],
  [
    'downside_tasuki_gap',
    [
      [24, 24.4, 21.7, 22],
      [21, 21.4, 19.6, 20],
      [20.5, 21.8, 20.2, 21.5],
    ],
  ],
  ['hammer', [...falling, [21.5, 21.8, 20, 21.8], [22, 23.3, 21.7, 23]]],
  ['inverted_hammer', [...falling, [21.5, 23, 21.5, 21.8], [22, 23.3, 21.7, 23]]],
  ['hanging_man', [...rising, [18.5, 18.8, 17, 18.8], [18.4, 18.6, 16.9, 17.2]]],
  ['shooting_star', [...rising, [18.5, 20, 18.5, 18.8], [18.4, 18.6, 16.9, 17.2]]],
  ['tweezer_bottom', [...falling, [22, 22.4, 20, 21], [21, 22.3, 20, 22]]],
  ['tweezer_top', [...rising, [18, 20, 17.6, 19], [19, 20, 17.7, 18]]],
];

describe('a pattern', () => {
  test.each(examples)('%s is found where it ends', (name, candles) => {
    expect(found(...candles)).toContain(name);
  });

  test('of every name has an example', () => {
    expect(examples.map(([name]) => name).sort()).toEqual(patterns.map(({ name }) => name));
  });

  test.each([
    ['bullish_hammer', 'whose shadow is shorter than two bodies', [[20, 20.5, 19.2, 20.5]]],
    [
      'piercing_line',
      'that closes above the open before',
      [
        [22, 22.4, 18.6, 19],
        [18, 22.5, 17.5, 22.3],
      ],
    ],
    [
      'bullish_harami',
      'that closes above the body before',
      [
        [22, 22.9, 18.6, 19],
        [20, 22.8, 19.6, 22.6],
      ],
    ],
    ['hammer', 'in a rise', [...rising, [18.5, 18.8, 17, 18.8], [19, 20.3, 18.7, 20]]],
    ['hammer', 'that nothing confirms', [...falling, [21.5, 21.8, 20, 21.8], [21.7, 21.9, 20.5, 21]]],
  ] as const)('%s %s is none', (name, _, candles) => {
    expect(found(...candles)).not.toContain(name);
  });

  test('is not looked for before the fifth bar', () => {
    const { names } = computeIndicators(seriesOf(Array.from({ length: 6 }, () => bar(quiet))));
    expect(names.get('patterns')).toEqual([null, null, null, null, [], []]);
  });
});

test('the names of a row are sorted', () => {
  const all = patternNames(2 ** patterns.length - 1);
  expect(all).toEqual([...all].sort());
  expect(all.length).toBe(30);
});
