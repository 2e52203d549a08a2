import type { Arena } from '../arena.ts';
import type { Prices } from '../price-series.ts';

/** On-balance volume: begins with the first volume, adds it where the close rises, takes it away where it falls. */
export function obv(arena: Arena, { close, volume }: Prices): Float64Array {
  const balances = arena.newColumn(close.length);
  let [balance, before] = [0, -Infinity];
  for (let row = 0; row < close.length; row += 1) {
    const price = close[row] ?? NaN;
    balance += Math.sign(price - before) * (volume[row] ?? NaN);
    balances[row] = balance;
    before = price;
  }
  return balances;
}
