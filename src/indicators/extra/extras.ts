import { createHash } from 'node:crypto';
import type { IndicatorColumn } from '../../domain/indicator-column.ts';
import { accumulation } from '../kernels/accumulation.ts';
import { forceIndex } from '../kernels/force-index.ts';
import { parabolicSar } from '../kernels/parabolic-sar.ts';
import type { Extra } from './extra.ts';
import { averageExtras } from './averages.ts';
import { channelExtras } from './channels.ts';

/**
 * Every extra. Some remember every bar there was, and sums of the library begin with its first row: all are computed from
 * the whole history, as the other indicators are.
 */
export const extras: readonly Extra[] = [
  {
    name: 'psar',
    parameters: { step: 0.02, most: 0.2 },
    columns: ['psar_0.02_0.2'],
    needs: ['high', 'low'],
    memory: { kind: 'recursive', firstRow: 1 },
    dimension: 'price',
    computedBy: 'barwright',
    compute: (arena, prices) => [parabolicSar(arena, prices, { step: 0.02, most: 0.2 })],
  },
  {
    name: 'adl',
    parameters: {},
    columns: ['adl'],
    needs: ['high', 'low', 'close', 'volume'],
    memory: { kind: 'recursive', firstRow: 0 },
    dimension: 'volume',
    computedBy: 'barwright',
    compute: (arena, prices) => [accumulation(arena, prices)],
  },
  {
    name: 'force_index',
    parameters: { bars: 13 },
    columns: ['force_index_13'],
    needs: ['close', 'volume'],
    memory: { kind: 'recursive', firstRow: 13 },
    // Money: a split divides the one factor and multiplies the other.
    dimension: 'none',
    computedBy: 'barwright',
    compute: (arena, prices) => [forceIndex(arena, prices, 13)],
  },
  ...averageExtras,
  ...channelExtras,
];

/** Every key of an extra, in the order of the declarations. */
export const extraColumns: readonly IndicatorColumn[] = extras.flatMap(({ columns, dimension }) =>
  columns.map((name): IndicatorColumn => ({ name, kind: 'number', dimension })),
);

/** The release that was compared with the definitions. */
export const libraryVersion = '3.1.0';

/** To be raised when values change though no declaration does. */
const formulas = 1;

/** What makes stored extras old when it changes: twelve hexadecimal digits of the declarations. */
export const extraVersion = createHash('sha256')
  .update(JSON.stringify([formulas, libraryVersion, extras]))
  .digest('hex')
  .slice(0, 12);
