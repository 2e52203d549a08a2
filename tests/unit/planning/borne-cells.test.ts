import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../../src/domain/date-range.ts';
import type { TickerDays } from '../../../src/domain/ticker-days.ts';
import { cellsOf } from '../../../src/pipelines/planning/borne-cells.ts';

const sessions = Array.from({ length: 10 }, (_, day) => addDays('2024-01-01', day * 2));
const day = (at: number) => addDays('2024-01-01', at);

/** Days under tickers that follow each other, with or without days between them. */
const borne: fc.Arbitrary<readonly TickerDays[]> = fc
  .tuple(fc.uniqueArray(fc.integer({ min: -3, max: 25 }), { maxLength: 6 }), fc.boolean(), fc.boolean())
  .map(([ends, isOpen, goesOn]) => {
    const inOrder = ends.toSorted((a, b) => a - b);
    const pairs = inOrder.flatMap((from, at) => (at % 2 === 0 ? [[from, inOrder[at + 1]] as const] : []));
    return pairs.map(([from, to], at) => ({
      ticker: `T${at}`,
      from: at === 0 && isOpen ? null : day(from),
      to: to === undefined || (at === pairs.length - 1 && goesOn) ? null : day(to),
    }));
  });

test('what is missing lies under a ticker and is not known, and each ticker begins where the last one ends', () => {
  fc.assert(
    fc.property(borne, fc.subarray([...sessions.keys()]), (own, known) => {
      const tickerOf = (index: number) => {
        const date = sessions[index] ?? '';
        return own.find(({ from, to }) => (from === null || from <= date) && (to === null || date <= to))
          ?.ticker;
      };
      const isMissing = (index: number) => tickerOf(index) !== undefined && !known.includes(index);
      const expected = [...sessions.keys()].filter(isMissing);
      const { missing, borders } = cellsOf(sessions)(own, (index) => known.includes(index));
      expect(missing).toEqual(expected);
      expect(borders).toEqual(
        [...expected.keys()].filter(
          (at) => at > 0 && tickerOf(expected[at] ?? -1) !== tickerOf(expected[at - 1] ?? -1),
        ),
      );
    }),
  );
});

test('those that have borne one ticker all the time share one list', () => {
  const cells = cellsOf(sessions);
  const always = [{ ticker: 'A', from: null, to: null }];
  expect(cells(always, null).missing).toBe(cells([{ ticker: null, from: null, to: null }], null).missing);
  expect(cells([], null)).toEqual({ missing: [], borders: [] });
});
