import { expect, test } from 'vitest';
import { heldThrough, type Holding } from '../support/scripted-dividends.ts';

const range = { from: '2019-10-21', to: '2019-12-09' };
const price = 37;

type Told = readonly [amount: number, currency: string | null];

/** The records of one dividend of a stock that is listed in US dollars unless told otherwise. */
function holding(records: readonly Told[], listing: Readonly<Record<string, unknown>> = {}): Holding {
  const dividends = records.map(([amount, currency]) => ({ exDate: '2019-11-14', amount, currency }));
  return { price, dividends, listing };
}

const both: readonly Told[] = [
  [0.738, 'CAD'],
  [0.558, 'USD'],
];

/** What each comes to: the amounts that count. */
const cases: Readonly<Record<string, { readonly held: Holding; readonly paid: readonly number[] }>> = {
  ENB: { held: holding(both), paid: [0.558] },
  BACKWARDS: { held: holding(both.toReversed()), paid: [0.558] },
  ABROAD: { held: holding([[0.738, 'CAD']]), paid: [] },
  HOME: { held: holding(both, { currency_name: 'cad' }), paid: [0.738] },
  UNLISTED: { held: holding(both, { currency_name: null }), paid: [] },
  MANY: { held: holding([...both, [61, 'JPY']]), paid: [0.558] },
};

/** No disagreement: one record, in the currency of the price as far as anybody says. */
const plain: Readonly<Record<string, Holding>> = {
  SMALL: holding([[0.558, 'usd']]),
  UNTOLD: holding([[0.558, null]]),
  UNKNOWN: holding([[0.558, 'USD']], { currency_name: null }),
};

test('a dividend counts in the currency of the price, once, and what is left out is found', async () => {
  const holdings = Object.fromEntries(Object.entries(cases).map(([symbol, { held }]) => [symbol, held]));
  const readOf = await heldThrough(range, '2019-12-10T22:00:00Z', { ...holdings, ...plain });
  for (const [symbol, { held, paid }] of Object.entries(cases)) {
    const { actions, left, rules } = await readOf(symbol);
    const counted = actions.filter(({ status }) => status === 'effective').map(({ amount }) => amount);
    const close = expect.closeTo(price - (paid[0] ?? 0), 9) as unknown;
    expect([symbol, counted, left, rules]).toEqual([symbol, paid, close, ['dividend_in_other_currency']]);
    const statuses = actions.map(({ status }) => status);
    expect(statuses.filter((status) => status === 'refused')).toHaveLength(
      held.dividends.length - paid.length,
    );
  }
  for (const symbol of Object.keys(plain)) {
    const { left, rules } = await readOf(symbol);
    expect([symbol, left, rules]).toEqual([symbol, expect.closeTo(price - 0.558, 9), []]);
  }
});
