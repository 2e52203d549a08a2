import { onGrid } from '../market/price-model.ts';
import { hashCell, unit } from '../market/seeded-hash.ts';

/** Prices as traded; volume in whole shares as the day bar counts them. */
export interface HourBar {
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A day whose hours are wanted. */
interface HourlyDay {
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly bar: Omit<HourBar, 'opensAtMs' | 'closesAtMs'>;
  /** Of the instrument. */
  readonly hash: number;
  readonly day: number;
  readonly illiquid: boolean;
}

const hourMs = 3_600_000;
const salts = { traded: 251, path: 257, wick: 263, extreme: 269, volume: 271 };
/** Busy at both ends; the last is half an hour on a full day. */
const busyness = [1.9, 1.1, 0.9, 0.8, 0.8, 1, 1.1];

/**
 * The hours of a day counted from its open, by closed form: the first opens and the last closes as the day does, one
 * touches its high and one its low, volumes add up to its volume. An illiquid instrument lacks some.
 */
export function hoursOfDay(given: HourlyDay): readonly HourBar[] {
  const { bar, hash, day } = given;
  const slots = tradedHours(given);
  const last = slots.length - 1;
  const cell = (slot: number, salt: number) => unit(hashCell(hash, day * 8 + slot, salt));
  const highest = Math.floor(cell(0, salts.extreme) * slots.length);
  const lowest = Math.floor(cell(1, salts.extreme) * slots.length);
  const volumes = sharedOut(
    bar.volume,
    slots.map((slot) => (busyness[slot] ?? 1) * (0.8 + 0.4 * cell(slot, salts.volume))),
  );
  let open = bar.open;
  return slots.map((slot, index) => {
    const close =
      index === last ? bar.close : between(bar, (index + 1) / slots.length, cell(slot, salts.path));
    const [top, bottom] = [Math.max(open, close), Math.min(open, close)];
    const reach = 0.4 * cell(slot, salts.wick);
    const opensAtMs = given.opensAtMs + slot * hourMs;
    const hour = {
      opensAtMs,
      closesAtMs: Math.min(opensAtMs + hourMs, given.closesAtMs),
      open,
      high: index === highest ? bar.high : Math.min(bar.high, onGrid(top + (bar.high - top) * reach)),
      low: index === lowest ? bar.low : Math.max(bar.low, onGrid(bottom - (bottom - bar.low) * reach)),
      close,
      volume: volumes[index] ?? 0,
    };
    open = close;
    return { ...hour, high: Math.max(top, hour.high), low: Math.min(bottom, hour.low) };
  });
}

/** Somewhere about the way from the open to the close, within the day's range. */
function between({ open, high, low, close }: HourlyDay['bar'], way: number, chance: number): number {
  const price = onGrid(open + (close - open) * way + (high - low) * 0.6 * (chance - 0.5));
  return Math.min(high, Math.max(low, price));
}

function tradedHours({ opensAtMs, closesAtMs, hash, day, illiquid }: HourlyDay): readonly number[] {
  const count = Math.ceil((closesAtMs - opensAtMs) / hourMs);
  const slots = Array.from({ length: count }, (_, slot) => slot);
  if (!illiquid) return slots;
  const always = hashCell(hash, day, salts.traded) % count;
  return slots.filter((slot) => slot === always || hashCell(hash, day * 8 + slot, salts.traded + 1) % 5 < 3);
}

/** Whole numbers that add up to the total. */
function sharedOut(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((one, other) => one + other, 0);
  let passed = 0;
  let given = 0;
  return weights.map((weight, index) => {
    passed += weight;
    const until = index === weights.length - 1 ? total : Math.floor((total * passed) / sum);
    const part = until - given;
    given = until;
    return part;
  });
}

/** The hours that have begun; one that has not ended is as far as it has come. */
export function hoursUntil(hours: readonly HourBar[], nowMs: number): readonly HourBar[] {
  return hours
    .filter(({ opensAtMs }) => opensAtMs <= nowMs)
    .map((hour) => (hour.closesAtMs <= nowMs ? hour : partOf(hour, nowMs)));
}

function partOf(hour: HourBar, nowMs: number): HourBar {
  const part = (nowMs - hour.opensAtMs) / (hour.closesAtMs - hour.opensAtMs);
  const toward = (end: number) => onGrid(hour.open + (end - hour.open) * part);
  const close = toward(hour.close);
  return {
    ...hour,
    close,
    high: Math.max(hour.open, close, toward(hour.high)),
    low: Math.min(hour.open, close, toward(hour.low)),
    volume: Math.floor(hour.volume * part),
  };
}
