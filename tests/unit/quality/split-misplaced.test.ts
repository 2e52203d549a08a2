import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateOfDayNumber, dayNumber } from '../../../src/domain/date-range.ts';
import { splitMisplaced, type ObservedSession } from '../../../src/quality/rules/split-misplaced.ts';
import { hasFixtures, readCsv } from '../../support/fixtures.ts';

const count = 160;
const split = 80;
const firstDay = 19_000;
const sessionAt = (row: number) => dateOfDayNumber(firstDay + row + 2 * Math.floor(row / 5));
const exDate = sessionAt(split);
const ratio = fc.constantFrom(1.5, 2, 3, 5, 10, 20, 0.5, 0.1, 0.05);
const moves = fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), {
  minLength: count,
  maxLength: count,
});

/** Prices in the shares after the split, times what `inShares` says of a row. */
function observed(
  ways: readonly number[],
  inShares: (row: number) => number,
  answerOf: (row: number) => number = () => 1,
): readonly ObservedSession[] {
  let price = 50;
  return ways.map((way, row) => {
    const open = price * inShares(row);
    price *= Math.exp(way);
    return { session: sessionAt(row), open, close: price * inShares(row), answer: answerOf(row) };
  });
}

const judge = (sessions: readonly ObservedSession[], of: number, date = exDate) =>
  splitMisplaced
    .judge({ sessions, splits: [{ exDate: date, ratio: of }] })
    .map(({ day, evidence }) => `${dateOfDayNumber(day)} ${evidence.what}`);

describe('silent', () => {
  test.each([
    [
      'as traded or not adjusted yet, with the step on its day',
      (of: number) => (row: number) => (row < split ? of : 1),
    ],
    ['all adjusted, without a step', () => () => 1],
  ])('%s', (_, inShares) => {
    fc.assert(
      fc.property(moves, ratio, (ways, of) => {
        expect(judge(observed(ways, inShares(of)), of)).toEqual([]);
      }),
    );
  });

  test('where rows of an earlier answer end, which are in the shares of then', () => {
    fc.assert(
      fc.property(moves, ratio, fc.integer({ min: 1, max: 28 }), (ways, of, by) => {
        const isOld = (row: number) => row < split - by;
        const rows = observed(
          ways,
          (row) => (isOld(row) ? of : 1),
          (row) => (isOld(row) ? 1 : 2),
        );
        expect(judge(rows, of)).toEqual([]);
      }),
    );
  });

  test('of a step further away, of another size, and of a split that is still to come', () => {
    const flat = Array<number>(count).fill(0);
    expect(
      judge(
        observed(flat, (row) => (row < split - 31 ? 5 : 1)),
        5,
      ),
    ).toEqual([]);
    expect(
      judge(
        observed(flat, (row) => (row < split - 3 ? 5 : 1)),
        4,
      ),
    ).toEqual([]);
    expect(
      judge(
        observed(flat, (row) => (row < split - 3 ? 1.2 : 1)),
        1.2,
      ),
    ).toEqual([]);
    expect(
      judge(
        observed(flat, (row) => (row < count - 2 ? 5 : 1)),
        5,
        '2030-01-01',
      ),
    ).toEqual([]);
    expect(judge([], 5)).toEqual([]);
  });
});

describe('found on its day', () => {
  test('a step some sessions before or after', () => {
    fc.assert(
      fc.property(moves, ratio, fc.integer({ min: -30, max: 30 }), (ways, of, by) => {
        fc.pre(by !== 0);
        const rows = observed(ways, (row) => (row < split + by ? of : 1));
        expect(judge(rows, of)).toEqual([`${sessionAt(split + by)} on another day`]);
      }),
    );
  });

  test('some rows before it that lack it, and some after it that have it twice', () => {
    fc.assert(
      fc.property(moves, ratio, fc.integer({ min: 1, max: 30 }), (ways, of, by) => {
        const lacking = observed(ways, (row) => (row >= split - by && row < split ? of : 1));
        expect(judge(lacking, of)).toEqual([`${sessionAt(split - by)} on some sessions only`]);
        const twice = observed(ways, (row) => (row < split ? of : row < split + by ? 1 / of : 1));
        expect(judge(twice, of).at(-1)).toBe(`${sessionAt(split + by)} on another day`);
      }),
    );
  });

  test("the step of one split is not another one's that lies near", () => {
    const later = sessionAt(split + 10);
    const shares = (row: number) => (row < split ? 4 : row < split + 10 ? 2 : 1);
    const sessions = observed(Array<number>(count).fill(0), shares);
    const splits = [exDate, later].map((date) => ({ exDate: date, ratio: 2 }));
    expect(splitMisplaced.judge({ sessions, splits })).toEqual([]);
  });
});

describe.skipIf(!hasFixtures)('recorded (../shared)', () => {
  const recorded = (name: string) =>
    readCsv(`bars/yfinance_repair_${name}.csv`)
      .map((row) => ({
        session: (row.Date ?? '').slice(0, 10),
        ...{ open: Number(row.Open), close: Number(row.Close), answer: 1 },
      }))
      .sort((one, other) => dayNumber(one.session) - dayNumber(other.session));

  test('4063.T is adjusted from a session before its split on, and right where it is repaired', () => {
    const name = '4063-T-1d-bad-stock-split';
    expect(judge(recorded(name), 5, '2023-03-30')).toEqual(['2023-03-29 on another day']);
    expect(judge(recorded(`${name}-fixed`), 5, '2023-03-30')).toEqual([]);
  });
});
