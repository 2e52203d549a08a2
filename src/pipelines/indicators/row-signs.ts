import type { StoredSeries } from '../../store/bar-series.ts';
import { hole, type SeriesRows } from './series-rows.ts';

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x5bd1e995);
  return mixed ^ (mixed >>> 15);
}

function signWith(sign: number, value: number): number {
  scratch[0] = value;
  return mix(mix(sign, words[0] ?? 0), words[1] ?? 0);
}

interface SignedWith {
  /** Takes the prices of each bar to the shares of its own day, in which no later split changes them. */
  readonly own?: Float64Array | undefined;
  /** The fields of each row that are known to be wrong, as bits. */
  readonly blocked: Uint8Array | null;
}

/**
 * Of each row a sign: other values, another day or other blocked fields have another one, but for one chance
 * in 2^32.
 */
export function signRows(
  bars: StoredSeries,
  { days, barAt }: SeriesRows,
  { own, blocked }: SignedWith,
): Int32Array {
  const signs = new Int32Array(barAt.length);
  for (let row = 0; row < signs.length; row += 1) {
    const [bar, day] = [barAt[row] ?? hole, days[row] ?? NaN];
    if (bar === hole) {
      signs[row] = mix(0x27d4eb2f, day);
      continue;
    }
    const factor = own === undefined ? 1 : (own[bar] ?? NaN);
    let sign = mix(0x9747b28c, day);
    sign = signWith(sign, (bars.open[bar] ?? NaN) * factor);
    sign = signWith(sign, (bars.high[bar] ?? NaN) * factor);
    sign = signWith(sign, (bars.low[bar] ?? NaN) * factor);
    sign = signWith(sign, (bars.close[bar] ?? NaN) * factor);
    sign = signWith(sign, (bars.volume[bar] ?? NaN) / factor);
    const bits = blocked?.[row] ?? 0;
    signs[row] = bits === 0 ? sign : mix(sign, bits);
  }
  return signs;
}
