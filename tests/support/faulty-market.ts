import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { seededRandom } from './faulty-splits.ts';
import type { ScriptedRow } from './scripted-market.ts';

/** Evenings on which a market is loaded, as places among the sessions: at first all there is, then what is new. */
export const evenings = [130, 133, 137, 150] as const;
export const sessions = sessionsBetween({ from: '2023-01-03', to: '2023-08-31' })
  .map(({ session }) => session)
  .slice(0, evenings[3] + 1);
export const sessionAt = (place: number) => sessions[place] ?? '';
export const closedAt = (evening: number) => `${sessionAt(evenings[evening] ?? 0)}T22:00:00Z`;

type Terms = readonly [after: number, before: number];
type Telling = 'right' | 'date' | 'ratio' | 'twice' | 'late' | 'missing' | 'currency';
type Adjusting = 'right' | 'late rows' | 'late day' | 'early rows' | 'early day' | 'never';
export const tellers = ['polygon', 'yahoo'] as const;
export type Teller = (typeof tellers)[number];

/** An event as one source tells it, from one of the evenings on. */
export interface Told<Of> {
  readonly source: Teller;
  readonly at: number;
  readonly what: Of;
  readonly fromEvening: number;
}

/** A split, reverse split or spin-off, in effect from the open of session `at`. */
export interface RatioEvent {
  readonly at: number;
  readonly terms: Terms;
  readonly ratio: number;
  readonly isSpinOff: boolean;
  readonly told: readonly Told<Terms>[];
  readonly adjusting: Adjusting;
  readonly faults: string;
}

interface Cash {
  readonly amount: number;
  readonly currency: string;
  readonly isSpecial: boolean;
}

export interface CashEvent {
  readonly at: number;
  readonly cash: Cash;
  readonly told: readonly Told<Cash>[];
  /** Of each source. */
  readonly telling: Readonly<Record<Teller, Telling>>;
}

/** One stock: what happened to it, what is told of it, and its days as they were traded. */
export interface FaultyStock {
  readonly symbol: string;
  readonly ratios: readonly RatioEvent[];
  readonly cash: readonly CashEvent[];
  readonly traded: readonly ScriptedRow[];
}

const splitTerms: readonly Terms[] = [
  ...([2, 3, 4, 5, 7, 10, 20] as const).map((after): Terms => [after, 1]),
  ...([2, 5, 10, 15, 30] as const).map((before): Terms => [1, before]),
  ...([
    [3, 2],
    [21, 20],
    [5, 4],
    [1281, 1000],
    [1046, 1000],
  ] as const),
];
const wrongTerms: readonly Terms[] = [
  ...([2, 3, 6, 10, 12, 20, 150] as const).map((after): Terms => [after, 1]),
  ...([
    [6, 5],
    [1, 10],
    [1, 12],
    [1, 150],
  ] as const),
];
const ratioOf = ([after, before]: Terms) => after / before;

/** Stocks with seven events each. */
export function faultyMarket(seed: number, stocks: number): readonly FaultyStock[] {
  const dice = new Dice(seed);
  return Array.from({ length: stocks }, (_, at) => faultyStock(dice, `Q${String(at).padStart(4, '0')}`));
}

class Dice {
  readonly random: () => number;
  constructor(seed: number) {
    this.random = seededRandom(seed);
  }
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T;
  }
  between(first: number, last: number): number {
    return first + Math.floor(this.random() * (last - first + 1));
  }
  /** What each source makes of an event: a fifth of it wrong, and never both wrong alike. */
  tellings(wrong: readonly Telling[]): Readonly<Record<Teller, Telling>> {
    const telling = () => (this.random() < 0.2 ? this.pick(wrong) : 'right');
    const [polygon, yahoo] = [telling(), telling()];
    return { polygon, yahoo: yahoo === polygon ? 'right' : yahoo };
  }
}

function faultyStock(dice: Dice, symbol: string): FaultyStock {
  const ratios = [dice.between(20, 40), dice.between(75, 95), dice.between(128, 138)].map((at) =>
    ratioEvent(dice, at),
  );
  const traded = walk(dice, ratios);
  const share = 0.003 + 0.01 * dice.random();
  const cash = [
    dice.between(5, 15),
    dice.between(45, 60),
    dice.between(100, 112),
    dice.between(126, 143),
  ].map((at) => cashEvent(dice, at, (traded[at - 1]?.c ?? 1) * share));
  return { symbol, ratios, cash, traded };
}

function ratioEvent(dice: Dice, at: number): RatioEvent {
  const terms = dice.pick(splitTerms);
  const ratio = ratioOf(terms);
  const telling = dice.tellings(['date', 'ratio', 'twice', 'late', 'missing']);
  const wrongs = ['late rows', 'late day', 'early rows', 'early day', 'never'] as const;
  const adjusting = dice.random() < 0.2 ? dice.pick(wrongs) : 'right';
  const wrongly = (): Terms => {
    // What differs by less than a tenth no price can tell.
    const others = wrongTerms.filter((one) => Math.abs(Math.log(ratioOf(one) / ratio)) > 0.1);
    return dice.random() < 0.3 && Math.abs(Math.log(ratio)) > 0.05 ? [terms[1], terms[0]] : dice.pick(others);
  };
  const told = tellers.flatMap((source) =>
    tell(dice, telling[source], { source, at, what: terms, fromEvening: 0 }, wrongly, 9),
  );
  const faults = `${terms.join(':')} of ${sessionAt(at)}, polygon ${telling.polygon}, yahoo ${telling.yahoo}, adjusts ${adjusting}`;
  return { at, terms, ratio, isSpinOff: terms[1] === 1000, told, adjusting, faults };
}

function cashEvent(dice: Dice, at: number, usual: number): CashEvent {
  const isSpecial = dice.random() < 0.15;
  const amount = Number((usual * (isSpecial ? 3 : 1)).toPrecision(4));
  const cash: Cash = { amount, currency: dice.random() < 0.08 ? 'CAD' : 'USD', isSpecial };
  const telling = dice.tellings(['date', 'ratio', 'twice', 'late', 'missing', 'currency']);
  const told = tellers.flatMap((source) => {
    const wrongly = (): Cash =>
      telling[source] === 'currency'
        ? { ...cash, currency: cash.currency === 'USD' ? 'EUR' : 'USD' }
        : { ...cash, amount: amount * dice.pick([0.1, 0.5, 2, 10]) };
    return tell(dice, telling[source], { source, at, what: cash, fromEvening: 0 }, wrongly, 3);
  });
  return { at, cash, told, telling };
}

/** The records of one source of one event. */
function tell<Of>(
  dice: Dice,
  how: Telling,
  right: Told<Of>,
  wrongly: () => Of,
  furthest: number,
): readonly Told<Of>[] {
  const shifted = () => right.at + dice.between(1, furthest) * dice.pick([-1, 1]);
  switch (how) {
    case 'missing':
      return [];
    case 'date':
      return [{ ...right, at: shifted() }];
    case 'ratio':
    case 'currency':
      return [{ ...right, what: wrongly() }];
    case 'twice':
      return [right, { ...right, at: dice.random() < 0.5 ? right.at : shifted() }];
    case 'late':
      return [{ ...right, fromEvening: firstEvening(right.at + dice.between(1, 6)) }];
    case 'right':
      return [right];
  }
}

/** The first evening on or after a session. */
export function firstEvening(at: number): number {
  const found = evenings.findIndex((place) => place >= at);
  return found < 0 ? evenings.length - 1 : found;
}

function walk(dice: Dice, ratios: readonly RatioEvent[]): readonly ScriptedRow[] {
  const volatility = dice.pick([0.005, 0.01, 0.02, 0.03]);
  const normal = () =>
    Math.sqrt(-2 * Math.log(dice.random() + 1e-12)) * Math.cos(2 * Math.PI * dice.random());
  let [price, shares] = [20 + 200 * dice.random(), 1e6];
  return sessions.map((d, place) => {
    for (const { at, ratio, isSpinOff } of ratios) {
      if (at !== place) continue;
      price /= ratio;
      if (!isSpinOff) shares *= ratio;
    }
    const o = price * Math.exp(0.5 * volatility * normal());
    price = o * Math.exp(volatility * normal());
    const v = Math.round(shares * Math.exp(0.3 * normal()));
    return { d, o, h: Math.max(o, price) * 1.003, l: Math.min(o, price) * 0.997, c: price, v };
  });
}
