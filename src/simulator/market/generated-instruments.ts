import { addDays, dayNumber } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { familiarInstrument, familiarInstruments, type FamiliarInstrument } from './familiar-instruments.ts';
import type { MarketInstrument } from './market-source.ts';
import { createPriceModel, type PriceModel } from './price-model.ts';
import { between, hashCell, hashText, unit } from './seeded-hash.ts';

/** An instrument of the generated market, with what its bars follow from. */
export interface GeneratedInstrument extends MarketInstrument {
  readonly model: PriceModel;
  /** Has sessions without a trade. */
  readonly illiquid: boolean;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** How long the tickers are, by turns. */
const lengths = [4, 4, 3, 4, 5, 4, 4, 5, 4, 4];
/** Prime and no factor of 26, so that multiples of it pass every ticker of a length before one repeats. */
const stride = 104_729;
/** Beyond 87,880 the tickers of three letters would repeat. */
export const mostSymbols = 80_000;

const salts = {
  life: 101,
  date: 103,
  kind: 107,
  level: 109,
  drift: 113,
  volume: 127,
  illiquid: 131,
  figi: 137,
};

/** The first `count` instruments of the market of that seed: familiar ones, then made-up ones. */
export function generateInstruments(count: number, seed: number): readonly GeneratedInstrument[] {
  if (!Number.isInteger(count) || count < 1 || count > mostSymbols) {
    throw new RangeError(`symbols must be a whole number from 1 to ${mostSymbols}, not ${count}`);
  }
  const instruments = familiarInstruments.slice(0, count).map((familiar) => fromFamiliar(familiar, seed));
  for (let index = 0; instruments.length < count; index += 1) {
    const symbol = tickerOf(index);
    if (familiarInstrument(symbol) === undefined) instruments.push(madeUp(symbol, seed));
  }
  return instruments;
}

/** The made-up ticker of an index: always the same, never one twice. */
function tickerOf(index: number): string {
  const length = lengths[index % lengths.length] ?? 4;
  let code = (index * stride + 7_919) % 26 ** length;
  let ticker = '';
  for (let letter = 0; letter < length; letter += 1) {
    ticker += alphabet.charAt(code % 26);
    code = Math.floor(code / 26);
  }
  return ticker;
}

function fromFamiliar(familiar: FamiliarInstrument, seed: number): GeneratedInstrument {
  const { symbol, name, type, exchange, listedOn, level, volume } = familiar;
  const hash = hashText(seed, symbol);
  return {
    ...identity(symbol, type, hash),
    symbol,
    name,
    type,
    exchange,
    listedOn,
    delistedOn: null,
    illiquid: false,
    model: createPriceModel({
      hash,
      level,
      driftPerYear: type === 'PFD' ? 0 : 0.07,
      volatility: type === 'PFD' ? 0.003 : type === 'ETF' ? 0.007 : 0.011,
      usualVolume: volume * 1_000_000,
    }),
  };
}

function madeUp(symbol: string, seed: number): GeneratedInstrument {
  const hash = hashText(seed, symbol);
  const cell = (salt: number) => hashCell(hash, 0, salt);
  const kind = unit(cell(salts.kind));
  const type = kind < 0.7 ? 'CS' : kind < 0.93 ? 'ETF' : 'ADRC';
  const penny = unit(cell(salts.level + 1)) < 0.02;
  return {
    ...identity(symbol, type, hash),
    symbol,
    name: `${symbol} Simulated ${type === 'ETF' ? 'ETF' : 'Corporation'}`,
    type,
    exchange: type === 'ETF' ? 'ARCX' : kind < 0.4 ? 'XNAS' : 'XNYS',
    ...life(hash),
    illiquid: unit(cell(salts.illiquid)) < 0.01,
    model: createPriceModel({
      hash,
      level: penny
        ? between(cell(salts.level), 0.2, 0.9)
        : Math.exp(between(cell(salts.level), Math.log(4), Math.log(250))),
      driftPerYear: between(cell(salts.drift), -0.04, 0.12),
      volatility: between(cell(salts.drift + 1), 0.006, 0.022),
      usualVolume: Math.exp(between(cell(salts.volume), Math.log(20_000), Math.log(5_000_000))),
    }),
  };
}

/** Most are listed long ago and for good; 4 % came between 2016 and 2025, 3 % are gone. */
function life(hash: number): { readonly listedOn: SessionDate; readonly delistedOn: SessionDate | null } {
  const fate = unit(hashCell(hash, 0, salts.life));
  const listed = (from: SessionDate, to: SessionDate) => weekday(dateBetween(hash, 0, from, to), 1);
  if (fate < 0.04) return { listedOn: listed('2016-12-01', '2025-12-31'), delistedOn: null };
  const listedOn = listed('1985-01-01', '2003-06-30');
  const delistedOn = fate < 0.07 ? weekday(dateBetween(hash, 1, '2017-01-01', '2026-06-30'), -1) : null;
  return { listedOn, delistedOn };
}

function dateBetween(hash: number, index: number, from: SessionDate, to: SessionDate): SessionDate {
  const days = Math.floor(between(hashCell(hash, index, salts.date), 0, dayNumber(to) - dayNumber(from)));
  return addDays(from, days);
}

/** The date itself, or the next weekday in that direction. */
function weekday(date: SessionDate, direction: 1 | -1): SessionDate {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return day === 0 || day === 6 ? weekday(addDays(date, direction), direction) : date;
}

/** Made-up identifiers; as at the provider, some FIGIs are missing and funds have no CIK. */
function identity(symbol: string, type: string, hash: number) {
  const figi = hashText(hash, symbol).toString(36).toUpperCase().padStart(9, '0');
  const cik = String(hashCell(hash, 1, salts.figi) % 2_000_000).padStart(10, '0');
  const noFigi = familiarInstrument(symbol) === undefined && hashCell(hash, 0, salts.figi) % 100 < 4;
  return { figi: noFigi ? null : `BBG${figi}`, cik: type === 'ETF' ? null : cik, currency: 'usd' };
}
