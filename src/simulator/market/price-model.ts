import type { DailyBar } from '../../domain/bar.ts';
import { dayNumber } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { bell, between, hashCell, unit } from './seeded-hash.ts';

interface Wave {
  readonly height: number;
  readonly perDay: number;
  readonly phase: number;
}

/** Everything an instrument's bars follow from; a bar is a closed form of it and the date, with no state. */
export interface PriceModel {
  readonly hash: number;
  readonly logLevel: number;
  readonly driftPerDay: number;
  /** Deviation of the daily noise, as a fraction of the price. */
  readonly volatility: number;
  readonly waves: readonly Wave[];
  readonly usualVolume: number;
}

const levelDay = dayNumber('2025-01-02');
const salts = {
  noise: 11,
  gap: 13,
  high: 17,
  low: 19,
  vwap: 23,
  volume: 29,
  fraction: 31,
  lot: 37,
  wave: 41,
};

/** The model of one instrument; `level` is its price about the beginning of 2025, drift and volatility are fractions. */
export function createPriceModel(given: {
  readonly hash: number;
  readonly level: number;
  readonly driftPerYear: number;
  readonly volatility: number;
  readonly usualVolume: number;
}): PriceModel {
  const { hash, volatility, usualVolume } = given;
  return {
    hash,
    logLevel: Math.log(given.level),
    driftPerDay: given.driftPerYear / 365.25,
    volatility,
    waves: [
      { days: [900, 2200], height: 12 },
      { days: [220, 500], height: 5 },
      { days: [40, 90], height: 2 },
    ].map(({ days: [shortest = 1, longest = 1], height }, index) => ({
      height: height * volatility * between(hashCell(hash, index, salts.wave), 0.5, 1),
      perDay: (2 * Math.PI) / between(hashCell(hash, index, salts.wave + 1), shortest, longest),
      phase: between(hashCell(hash, index, salts.wave + 2), 0, 2 * Math.PI),
    })),
    usualVolume,
  };
}

/** The closing price on a day number, on the grid of its price. */
export function closeOf(model: PriceModel, day: number): number {
  let log = model.logLevel + model.driftPerDay * (day - levelDay);
  for (const { height, perDay, phase } of model.waves) log += height * Math.sin(perDay * day + phase);
  return onGrid(Math.exp(log + model.volatility * noise(model, day, salts.noise)));
}

/** The bar of a session, given the close of the session before it. */
export function barOf(model: PriceModel, session: SessionDate, day: number, previousClose: number): DailyBar {
  const { hash, volatility } = model;
  const cell = (salt: number) => unit(hashCell(hash, day, salt));
  const close = closeOf(model, day);
  const open = onGrid(previousClose * Math.exp(0.3 * volatility * noise(model, day, salts.gap)));
  const top = Math.max(open, close);
  const bottom = Math.min(open, close);
  const high = Math.max(top, onGrid(top * (1 + volatility * cell(salts.high))));
  const low = Math.min(bottom, onGrid(bottom * (1 - volatility * cell(salts.low))));
  const vwap = Math.min(high, Math.max(low, rounded(low + (high - low) * cell(salts.vwap), 10_000)));
  const volume = volumeOf(model, day);
  const trades = Math.max(1, Math.round(volume / (60 + 80 * cell(salts.lot))));
  return { session, open, high, low, close, volume, vwap, trades };
}

function volumeOf({ hash, usualVolume }: PriceModel, day: number): number {
  const noisy = Math.exp(
    0.4 * bell(hashCell(hash, day, salts.volume), hashCell(hash, day, salts.volume + 1)),
  );
  const whole = Math.max(1, Math.round(usualVolume * noisy));
  const fraction = hashCell(hash, day, salts.fraction) % 500;
  // One bar in fifty has traded a fraction of a share, as live bars do.
  return fraction < 10 ? whole + fraction / 10 : whole;
}

function noise({ hash }: PriceModel, day: number, salt: number): number {
  return bell(hashCell(hash, day, salt), hashCell(hash, day, salt + 1));
}

/** Cents from one dollar on, a hundredth of a cent below. */
export function onGrid(price: number): number {
  return price >= 1 ? rounded(price, 100) : Math.max(0.0001, rounded(price, 10_000));
}

/** The nearest multiple of `1 / perUnit`. */
export function rounded(value: number, perUnit: number): number {
  return Math.round(value * perUnit) / perUnit;
}
