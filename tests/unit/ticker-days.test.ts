import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../src/domain/date-range.ts';
import { tickerDays, undated, type BorneTicker, type TickerDays } from '../../src/domain/ticker-days.ts';

const since = '2022-01-31';

function term(instrumentId: number, ticker: string, from: string, to: string | null): BorneTicker {
  return { instrumentId, ticker, from, to, goneBefore: null };
}

function daysOf(
  terms: readonly BorneTicker[],
  [instrumentId, symbol]: readonly [number, string],
  delistedOn: string | null = null,
): readonly (readonly (string | null)[])[] {
  const own = tickerDays({ ...undated, terms, since })({ instrumentId, symbol, delistedOn });
  return own.map(({ ticker, from, to }) => [ticker, from, to]);
}

const renamed = [term(1, 'FB', since, '2022-06-08'), term(1, 'META', '2022-06-09', null)];

test('each ticker has its days, the first one all before them where no list is older', () => {
  expect(daysOf(renamed, [1, 'META'])).toEqual([
    ['FB', null, '2022-06-08'],
    ['META', '2022-06-09', null],
  ]);
});

test('what came after the first list is not asked for before it', () => {
  const listed = [term(1, 'NEW', '2022-03-01', null)];
  expect(daysOf(listed, [1, 'NEW'])).toEqual([['NEW', '2022-03-01', null]]);
});

test('nothing is asked after the last day, nor between two terms', () => {
  const gone = [term(1, 'A', since, '2022-03-15'), term(1, 'B', '2022-05-02', '2022-08-31')];
  expect(daysOf(gone, [1, 'B'])).toEqual([
    ['A', null, '2022-03-15'],
    ['B', '2022-05-02', '2022-08-31'],
  ]);
});

test('a company that comes back to its ticker is not asked for while another has it', () => {
  const guest = term(2, 'T', '2022-04-01', '2022-06-30');
  const own = [term(1, 'T', since, '2022-03-15'), term(1, 'U', '2022-03-16', '2022-07-29')];
  expect(daysOf([...own, term(1, 'T', '2022-08-01', null), guest], [1, 'T'])).toEqual([
    ['T', null, '2022-03-15'],
    ['U', '2022-03-16', '2022-07-29'],
    ['T', '2022-08-01', null],
  ]);
});

test('the days before all lists are not those of who bore the ticker then', () => {
  const taken = { ...term(1, 'T', since, null), goneBefore: '2021-12-01' };
  expect(daysOf([taken], [1, 'T'])).toEqual([['T', '2021-12-02', null]]);
  const said = term(2, 'T', '2019-01-02', '2021-06-30');
  expect(daysOf([said, term(1, 'T', since, null)], [1, 'T'])).toEqual([['T', '2021-07-01', null]]);
});

test('of whom nothing is known the ticker of today is asked for when nobody else had it', () => {
  expect(daysOf([], [9, 'T'], '2020-01-31')).toEqual([[null, null, null]]);
  const others = [term(1, 'T', '2022-02-01', '2022-03-15'), term(2, 'T', '2022-04-01', '2022-06-30')];
  expect(daysOf(others, [9, 'T'])).toEqual([
    [null, null, '2022-01-31'],
    [null, '2022-03-16', '2022-03-31'],
    [null, '2022-07-01', null],
  ]);
  expect(daysOf(others, [9, 'T'], '2021-12-01')).toEqual([[null, null, '2021-12-01']]);
  // Delisted since: lists know who bore it then.
  expect(daysOf(others, [9, 'T'], '2022-03-20')).toEqual([[null, null, '2022-01-30']]);
});

test('who bears a ticker on the first list may have borne it before, but for the days of who is known to have', () => {
  expect(daysOf([term(1, 'T', since, null)], [9, 'T'])).toEqual([]);
  const taken = { ...term(1, 'T', since, '2022-06-30'), goneBefore: '2021-12-01' };
  expect(daysOf([taken], [9, 'T'], '2021-12-01')).toEqual([[null, null, '2021-12-01']]);
  expect(daysOf([taken], [9, 'T'])).toEqual([
    [null, null, '2021-12-01'],
    [null, '2022-07-01', null],
  ]);
});

/** Terms of which no two give a ticker to two on a day, nor one instrument two tickers: each day of a calendar is dealt out. */
const dealt: fc.Arbitrary<readonly BorneTicker[]> = fc
  .array(fc.constantFrom(null, 0, 1, 2, 3), { minLength: 40, maxLength: 40 })
  .map((bearers) => {
    const terms: BorneTicker[] = [];
    for (const [at, bearer] of bearers.entries()) {
      const date = addDays(since, at);
      const last = terms.at(-1);
      if (bearer === null) continue;
      if (last?.instrumentId === bearer && last.to === addDays(date, -1))
        terms[terms.length - 1] = { ...last, to: date };
      else terms.push(term(bearer, 'T', date, date));
    }
    return terms;
  });

test('no day of a ticker is given to two, and none to another than its bearer', () => {
  fc.assert(
    fc.property(dealt, (terms) => {
      const of = tickerDays({ ...undated, terms, since });
      const isIn = ({ from, to }: TickerDays, date: string) =>
        (from === null || from <= date) && (to === null || date <= to);
      for (let at = -3; at < 45; at += 1) {
        const date = addDays(since, at);
        const given = [0, 1, 2, 3, 9].filter((instrumentId) =>
          of({ instrumentId, symbol: 'T', delistedOn: null }).some((days) => isIn(days, date)),
        );
        const bearer = terms.find(({ from, to }) => from <= date && (to === null || date <= to));
        if (bearer !== undefined) expect(given).toEqual([bearer.instrumentId]);
        // Instruments without a term stand for whoever is not on any list.
        else
          expect(given.filter((id) => terms.some((one) => one.instrumentId === id)).length).toBeLessThan(2);
      }
    }),
  );
});
