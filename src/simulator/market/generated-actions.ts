import { addDays, dayNumber } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { familiarActions, type DividendHabit } from './familiar-actions.ts';
import { familiarInstrument } from './familiar-instruments.ts';
import type { GeneratedInstrument } from './generated-instruments.ts';
import { closeOf, rounded } from './price-model.ts';
import { between, hashCell, unit } from './seeded-hash.ts';
import { ratioOf, type SimulatedAction } from './simulated-action.ts';
import { splitTerms } from './split-terms.ts';

const salts = { splits: 223, splitDate: 227, ratio: 229, pays: 233, habit: 239, special: 241 };
const firstDate = '2004-01-01';
/** Announced and paid as if for good. */
const lastYear = 2030;
const ratios = [2, 2, 2, 2, 3, 3, 4, 10, 1.5, 1.05, 0.1, 0.1, 0.1, 0.05];

type ToSession = (date: SessionDate) => SessionDate;

/** The splits of an instrument and its special dividends: a few per cent of the made-up ones have one or two. */
export function movingActions(
  instrument: GeneratedInstrument,
  toSession: ToSession,
): readonly SimulatedAction[] {
  const splits = splitsOf(instrument, toSession);
  return [...splits, ...specialDividends(instrument, splits, toSession)].filter(within(instrument));
}

/** What does not move the price: quarterly dividends, on days that are sessions. */
export function quarterlyDividends(
  instrument: GeneratedInstrument,
  toSession: ToSession,
): readonly SimulatedAction[] {
  const habit = habitOf(instrument);
  if (habit === null) return [];
  const splits = splitsOf(instrument, toSession);
  const actions: SimulatedAction[] = [];
  for (let year = Number(habit.since.slice(0, 4)); year <= lastYear; year += 1) {
    const share = (habit.yieldPerYear / 4) * closeOf(instrument.model, dayNumber(`${year}-01-02`));
    for (let month = habit.month; month <= 12; month += 3) {
      const exDate = toSession(dateOf(year, month, habit.day));
      if (exDate < habit.since) continue;
      actions.push(dividend(exDate, share * ratioAfter(splits, exDate), false));
    }
  }
  return actions.filter(within(instrument));
}

function splitsOf({ symbol, model: { hash } }: GeneratedInstrument, toSession: ToSession) {
  if (familiarInstrument(symbol) !== undefined) {
    return familiarActions(symbol).splits.map(([exDate, ratio]) => split(exDate, ratio));
  }
  const luck = unit(hashCell(hash, 0, salts.splits));
  const count = luck < 0.01 ? 2 : luck < 0.035 ? 1 : 0;
  return Array.from({ length: count }, (_, index) => {
    const ratio = ratios[hashCell(hash, index, salts.ratio) % ratios.length] ?? 2;
    return split(toSession(someDate(hash, index, salts.splitDate)), ratio);
  });
}

/** One payer in twenty-five has paid a large sum once. */
function specialDividends(
  instrument: GeneratedInstrument,
  splits: readonly SimulatedAction[],
  toSession: ToSession,
): readonly SimulatedAction[] {
  const { symbol, model } = instrument;
  const cell = (index: number) => hashCell(model.hash, index, salts.special);
  if (familiarInstrument(symbol) !== undefined || habitOf(instrument) === null || unit(cell(0)) >= 0.04) {
    return [];
  }
  const exDate = toSession(someDate(model.hash, 2, salts.special));
  const price = closeOf(model, dayNumber(exDate) - 1) * ratioAfter(splits, exDate);
  return [dividend(exDate, price * between(cell(1), 0.02, 0.09), true)];
}

function habitOf({ symbol, type, model: { hash } }: GeneratedInstrument): DividendHabit | null {
  if (familiarInstrument(symbol) !== undefined) return familiarActions(symbol).dividends;
  const payers = type === 'ETF' ? 0.6 : type === 'CS' ? 0.4 : 0.3;
  if (unit(hashCell(hash, 0, salts.pays)) >= payers) return null;
  const cell = (index: number) => hashCell(hash, index, salts.habit);
  return {
    yieldPerYear: between(cell(0), 0.005, 0.05),
    month: 1 + (cell(1) % 3),
    day: 2 + (cell(2) % 24),
    since: '2003-09-10',
  };
}

function split(exDate: SessionDate, ratio: number): SimulatedAction {
  const terms = splitTerms(ratio);
  return { kind: 'split', exDate, terms, amount: null, special: false, inPrices: true, news: {} };
}

function dividend(exDate: SessionDate, cash: number, special: boolean): SimulatedAction {
  const amount = Math.max(0.01, rounded(cash, 100));
  return { kind: 'cash_dividend', exDate, terms: null, amount, special, inPrices: true, news: {} };
}

function ratioAfter(splits: readonly SimulatedAction[], exDate: SessionDate): number {
  return splits.reduce((product, one) => (one.exDate > exDate ? product * ratioOf(one) : product), 1);
}

function within({ listedOn, delistedOn }: GeneratedInstrument) {
  return ({ exDate }: SimulatedAction) =>
    (listedOn === null || listedOn < exDate) && (delistedOn === null || exDate <= delistedOn);
}

function someDate(hash: number, index: number, salt: number): SessionDate {
  const days = dayNumber(`${lastYear}-12-01`) - dayNumber(firstDate);
  return addDays(firstDate, hashCell(hash, index + 1, salt) % days);
}

function dateOf(year: number, month: number, day: number): SessionDate {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
