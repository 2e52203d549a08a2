import {
  evenings,
  firstEvening,
  sessionAt,
  type FaultyStock,
  type RatioEvent,
  type Teller,
  type Told,
} from './faulty-market.ts';
import { openOf, type ScriptedRow } from './scripted-market.ts';

/** The place before which rows have an event in them, on one of the evenings. */
function appliedBefore({ at, adjusting }: RatioEvent, evening: number): number {
  const last = evenings[evening] ?? 0;
  const isDue = last >= at;
  switch (adjusting) {
    case 'never':
      return 0;
    case 'late rows':
      return isDue ? at + 5 : 0;
    case 'early rows':
      return isDue ? at - 4 : 0;
    case 'late day':
      return evening > firstEvening(at) ? at : 0;
    case 'early day':
      return last >= at - 3 ? at : 0;
    case 'right':
      return isDue ? at : 0;
  }
}

/** By what a source that adjusts has divided the price of a session. */
function divisor(ratios: readonly RatioEvent[], place: number, evening: number): number {
  return ratios.reduce(
    (product, event) => (place < appliedBefore(event, evening) ? product * event.ratio : product),
    1,
  );
}

const isTold =
  (source: Teller, evening: number) =>
  (one: Told<unknown>): boolean =>
    one.source === source && one.fromEvening <= evening;

/** What the chart of a stock says on an evening: rows and cash alike in the shares of that day, as far as it has adjusted. */
export function adjustedAsOf({ ratios, cash, traded }: FaultyStock, evening: number) {
  const last = evenings[evening] ?? 0;
  const rows = traded.slice(0, last + 1).map((row, place): ScriptedRow => {
    const by = divisor(ratios, place, evening);
    return { ...row, o: row.o / by, h: row.h / by, l: row.l / by, c: row.c / by, v: row.v * by };
  });
  const isKnown = (one: Told<unknown>) => isTold('yahoo', evening)(one) && one.at <= last;
  const splits = ratios.flatMap(({ told }) => told.filter(isKnown));
  const paid = cash.flatMap(({ told }) => told.filter(isKnown));
  const events = {
    splits: byInstant(splits, ({ what: [numerator, denominator] }) => ({ numerator, denominator })),
    dividends: byInstant(paid, ({ at, what: { amount, currency } }) => ({
      amount: amount / divisor(ratios, at, evening),
      currency,
    })),
  };
  return { rows, events };
}

/** Two of one day stand at two instants of it. */
function byInstant<Of>(told: readonly Told<Of>[], fields: (one: Told<Of>) => object) {
  const entries = told.map((one, nth) => {
    const date = openOf(sessionAt(one.at)) + nth;
    return [date, { date, ...fields(one) }] as const;
  });
  return Object.fromEntries(entries);
}

/** What the lists of the market's actions say of a stock on an evening. */
export function listedAsOf({ symbol: ticker, ratios, cash }: FaultyStock, evening: number) {
  const isKnown = isTold('polygon', evening);
  const splits = ratios.flatMap(({ told }, event) =>
    told.filter(isKnown).map(({ at, what: [split_to, split_from] }, nth) => {
      return { id: `${ticker}s${event}.${nth}`, ticker, execution_date: sessionAt(at), split_from, split_to };
    }),
  );
  const dividends = cash.flatMap(({ told }, event) =>
    told.filter(isKnown).map(({ at, what: { amount, currency, isSpecial } }, nth) => ({
      ...{ id: `${ticker}d${event}.${nth}`, ticker, ex_dividend_date: sessionAt(at), cash_amount: amount },
      ...{ currency, frequency: isSpecial ? 0 : 4, distribution_type: isSpecial ? 'special' : 'recurring' },
    })),
  );
  return { splits, dividends };
}
