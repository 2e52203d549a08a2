import { randomOf } from '../../bench/corrupted-series.ts';
import type { JudgedSeries } from '../../src/quality/judged-series.ts';

interface Kind {
  readonly bars: number;
  readonly price: number;
  /** How far it moves in a session, as a logarithm. */
  readonly moves: number;
  /** Prices are multiples of it. */
  readonly tick: number;
  /** The share of bars that have one price. */
  readonly flat: number;
  /** The share of days without a bar. */
  readonly silent: number;
}

/** What trades every day, in small ticks. */
export const liquid: Kind = { bars: 200, price: 80, moves: 0.012, tick: 0.01, flat: 0, silent: 0 };
/** Under one dollar on a coarse grid, often at one price, some days not at all. */
export const thin: Kind = { bars: 1_000, price: 0.4, moves: 0.03, tick: 0.01, flat: 0.34, silent: 0.15 };

/** A walk of prices from a seed; each of its days is a session. */
export function generatedSeries(seed: number, kind: Kind): JudgedSeries {
  const random = randomOf(seed);
  const onGrid = (value: number) => Math.max(kind.tick, Math.round(value / kind.tick) * kind.tick);
  const step = () => (random() + random() + random() - 1.5) * kind.moves;
  const rows: (readonly [
    day: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
  ])[] = [];
  let last = kind.price;
  for (let day = 10_000; rows.length < kind.bars; day += 1) {
    if (random() < kind.silent) continue;
    const isFlat = random() < kind.flat;
    const open = onGrid(last * Math.exp(step()));
    const close = isFlat ? open : onGrid(open * Math.exp(step()));
    const wick = () => (isFlat ? 1 : Math.exp(Math.abs(step())));
    const high = onGrid(Math.max(open, close) * wick());
    const low = onGrid(Math.min(open, close) / wick());
    rows.push([day, open, high, low, close, Math.round(1e6 * Math.exp(4 * step() + random())) + rows.length]);
    last = close * 0.95 + kind.price * 0.05;
  }
  const column = (at: 1 | 2 | 3 | 4 | 5) => Float64Array.from(rows, (row) => row[at]);
  const day = Int32Array.from(rows, (row) => row[0]);
  return {
    ...{ day, open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) },
    ...{ hasVolume: true, sessions: day },
  };
}
