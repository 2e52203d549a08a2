import { expect, test } from 'vitest';
import { heldThrough } from '../support/scripted-dividends.ts';

type Listed = readonly [
  exDate: string,
  amount: number,
  payOn: string | null,
  over?: Readonly<Record<string, unknown>>,
];

interface Case {
  readonly listed: readonly Listed[];
  /** Which of them count. */
  readonly paid: readonly number[];
}

const price = 100;
const range = { from: '2017-05-01', to: '2018-10-12' };

/** Of payments that are listed twice. */
const doubled: Readonly<Record<string, Case>> = {
  // A day later without a pay date.
  PEP: {
    listed: [
      ['2017-08-30', 0.805, '2017-09-29'],
      ['2017-08-31', 0.805, '0000-00-00'],
    ],
    paid: [0],
  },
  PEPB: {
    listed: [
      ['2017-08-31', 0.805, null],
      ['2017-08-30', 0.805, '2017-09-29'],
    ],
    paid: [1],
  },
  // Two amounts of one day: that which is paid from then on, else the later told.
  NJR: {
    listed: [
      ['2018-09-20', 0.2725, '2018-10-01'],
      ['2018-09-20', 0.2925, '2018-10-01'],
    ],
    paid: [1],
  },
  NJRB: {
    listed: [
      ['2017-06-15', 0.2725, null],
      ['2017-09-15', 0.2925, null],
      ['2017-09-15', 0.2725, null],
      ['2017-12-15', 0.2925, null],
    ],
    paid: [0, 1, 3],
  },
  // A slip of the pen, though told later.
  SLIP: {
    listed: [
      ['2018-03-15', 0.25, null],
      ['2018-06-15', 0.25, '2018-06-29'],
      ['2018-06-15', 2.5, '2018-06-29'],
    ],
    paid: [0, 1],
  },
  JPM: {
    listed: [
      ['2017-10-03', 0.9, '2017-10-31'],
      ['2017-10-03', 0.9, '2017-10-31'],
    ],
    paid: [0],
  },
  // A special one beside a regular one that is listed twice.
  BOTH: {
    listed: [
      ['2017-10-03', 0.9, '2017-10-31'],
      ['2017-10-03', 3, '2017-10-31', { distribution_type: 'special', frequency: 0 }],
      ['2017-10-04', 0.9, null],
    ],
    paid: [0, 1],
  },
};

/** Of two payments that are near. */
const apart: Readonly<Record<string, readonly [Listed, Listed]>> = {
  PAYDAY: [
    ['2018-06-15', 0.25, '2018-06-29'],
    ['2018-06-15', 0.25, '2018-07-31'],
  ],
  TYPE: [
    ['2018-06-15', 0.25, '2018-06-29'],
    ['2018-06-15', 1.5, '2018-06-29', { distribution_type: 'special', frequency: 0 }],
  ],
  LATER: [
    ['2018-06-06', 0.25, null],
    ['2018-06-15', 0.25, null],
  ],
  AMOUNT: [
    ['2018-06-14', 0.25, null],
    ['2018-06-15', 0.4, null],
  ],
  WEEKLY: [
    ['2018-06-08', 0.25, null, { frequency: 52 }],
    ['2018-06-15', 0.25, null, { frequency: 52 }],
  ],
};

const everything: Readonly<Record<string, Case>> = {
  ...doubled,
  ...Object.fromEntries(Object.entries(apart).map(([symbol, listed]) => [symbol, { listed, paid: [0, 1] }])),
};

/** What is left of the price before all payments: those of one day are taken out together. */
function left(payments: readonly (Listed | undefined)[]): unknown {
  const days = Map.groupBy(payments, (payment) => payment?.[0]);
  const totals = [...days.values()].map((own) =>
    own.reduce((sum, payment) => sum + (payment?.[1] ?? NaN), 0),
  );
  return expect.closeTo(
    totals.reduce((close, total) => close * (1 - total / price), price),
    9,
  );
}

test('a payment that a source lists twice counts once, with a finding; two payments count twice', async () => {
  const holdings = Object.entries(everything).map(([symbol, { listed }]) => {
    const dividends = listed.map(([exDate, amount, payOn, over = {}]) => ({ exDate, amount, payOn, over }));
    return [symbol, { price, dividends }] as const;
  });
  const readOf = await heldThrough(range, '2018-10-26T22:00:00Z', Object.fromEntries(holdings));
  for (const [symbol, { listed, paid }] of Object.entries(everything)) {
    const read = await readOf(symbol);
    const counted = read.actions
      .filter(({ status }) => status === 'effective')
      .map(({ exDate, amount }) => [exDate, amount]);
    const right = paid.map((place) => listed[place]);
    const rules = symbol in doubled ? ['dividend_listed_twice'] : [];
    expect([symbol, counted, read.rules]).toEqual([
      symbol,
      right.map((payment) => payment?.slice(0, 2)).sort(),
      rules,
    ]);
    expect([symbol, read.left]).toEqual([symbol, left(right)]);
  }
});
