import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionDaysBetween } from '../../src/calendar/exchange-calendar.ts';
import { rowsAfter, type AbsenceRow, type ToldAbsence } from '../../src/domain/absence-rows.ts';
import { dateOfDayNumber, dayNumber } from '../../src/domain/date-range.ts';
import { isFinal } from '../../src/domain/finality.ts';

/** Some weeks with weekends, Christmas, New Year and a day of mourning in them. */
const calendar = sessionDaysBetween({ from: '2018-11-26', to: '2019-01-25' });
const dateAt = (index: number) => dateOfDayNumber(calendar[index] ?? NaN);

interface Cell {
  readonly reason: string;
  readonly confirmed: boolean;
  readonly runId: string;
  readonly observedAt: string;
}

/** What comes at once: bars, and what of the sessions from one on is told to lack. */
interface Step {
  readonly runId: string;
  readonly traded: readonly number[];
  readonly told: readonly ToldAbsence[];
}

const place = fc.nat(calendar.length - 1);
const stretch = fc.record({
  at: place,
  length: fc.integer({ min: 1, max: 15 }),
  reason: fc.constantFrom('no_trade' as const, 'not_listed' as const),
  confirmed: fc.boolean(),
  // Answers of the same moment, of other days, and such as come before the session is over.
  observedAt: fc.constantFrom(
    ...[3, 20, 35, 61, 62].map((days) => dateOfDayNumber(dayNumber(dateAt(0)) + days)),
  ),
});
/** An answer does not contradict itself. */
function onceEach<T extends { readonly observedAt: string }>(stretches: readonly T[]): readonly T[] {
  return [...new Map(stretches.map((one) => [one.observedAt, one])).values()];
}

const stepOf = fc
  .record({
    runId: fc.constantFrom('a', 'b', 'c'),
    bars: fc.array(place, { maxLength: 4 }),
    stretches: fc.array(stretch, { maxLength: 3 }),
  })
  .map(({ runId, bars, stretches }): Step => ({
    runId,
    traded: bars.map((index) => calendar[index] ?? NaN),
    told: onceEach(stretches)
      .flatMap(({ at, length, observedAt, ...says }) =>
        Array.from(calendar.slice(at, at + length), (day) => ({
          ...says,
          session: dateOfDayNumber(day),
          observedAt: `${observedAt}T22:00:00.000Z`,
        })),
      )
      .toSorted((a, b) => a.observedAt.localeCompare(b.observedAt)),
  }));

/** The same with a row a session, as plainly as it can be said. */
function tellCells(cells: Map<string, Cell>, { runId, traded, told }: Step): void {
  for (const { session, observedAt, reason, confirmed } of told) {
    const known = cells.get(session);
    const now = { reason, confirmed, runId, observedAt };
    const replaces =
      known === undefined ||
      (!known.confirmed &&
        (confirmed || (isFinal('polygon', session, observedAt) && observedAt > known.observedAt)));
    if (replaces) cells.set(session, now);
  }
  for (const day of traded) cells.delete(dateOfDayNumber(day));
}

function expanded(rows: readonly AbsenceRow[]): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { first, last, reason, confirmed, tellers } of rows)
    for (const day of calendar.filter((one) => one >= first && one <= last)) {
      const teller = tellers.findLast(({ from }) => from <= day);
      const { runId = '', observedAt = '' } = teller ?? {};
      expect(cells.has(dateOfDayNumber(day)), 'two rows of one session').toBe(false);
      cells.set(dateOfDayNumber(day), { reason, confirmed, runId, observedAt });
    }
  return cells;
}

/** How many rows are the fewest: one more wherever a session is not of one kind with the one before. */
function fewest(cells: ReadonlyMap<string, Cell>): number {
  const kindOf = (cell: Cell | undefined) =>
    cell && [cell.reason, cell.confirmed, ...(cell.confirmed ? [] : [cell.runId, cell.observedAt])].join();
  const kinds = Array.from(calendar, (day) => kindOf(cells.get(dateOfDayNumber(day))));
  return kinds.filter((kind, index) => kind !== undefined && kind !== kinds[index - 1]).length;
}

const sorted = (cells: ReadonlyMap<string, Cell>) => [...cells].sort(([a], [b]) => (a < b ? -1 : 1));

test('ranges of absences are, expanded, what a row a session would be, and never more rows than that takes', () => {
  fc.assert(
    fc.property(fc.array(stepOf, { minLength: 1, maxLength: 12 }), (steps) => {
      const cells = new Map<string, Cell>();
      let rows: readonly AbsenceRow[] = [];
      for (const step of steps) {
        tellCells(cells, step);
        const by = { source: 'polygon', runId: step.runId, calendar } as const;
        rows = rowsAfter(rows, step, by);
        expect(sorted(expanded(rows))).toEqual(sorted(cells));
        expect(rows.length).toBe(fewest(cells));
        const again = rowsAfter(rows, { ...step, told: step.told.filter(({ confirmed }) => !confirmed) }, by);
        expect(again, 'told once more').toEqual(rows);
      }
    }),
    { numRuns: 400, seed: 20_261_126 },
  );
});

const whole = (from: string, to: string, observedAt = '2024-03-01T22:00:00.000Z'): readonly ToldAbsence[] =>
  Array.from(sessionDaysBetween({ from, to }), (day) => ({
    session: dateOfDayNumber(day),
    ...{ reason: 'not_listed', confirmed: true, observedAt },
  }));

test('the years before a listing are one row, whoever told them and in whatever order', () => {
  const by = (runId: string) => ({
    ...{ source: 'polygon' as const, runId },
    calendar: sessionDaysBetween({ from: '2005-01-03', to: '2015-06-30' }),
  });
  const parts = [
    whole('2009-01-02', '2015-05-29'),
    whole('2005-01-03', '2007-12-31', '2024-03-02T22:00:00.000Z'),
    whole('2008-01-02', '2008-12-31', '2024-03-03T22:00:00.000Z'),
  ];
  const rows = parts.reduce<readonly AbsenceRow[]>(
    (before, told, part) => rowsAfter(before, { traded: [], told }, by(`run ${part}`)),
    [],
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ first: dayNumber('2005-01-03'), last: dayNumber('2015-05-29') });
  expect(rows[0]?.tellers.map(({ from, runId }) => [dateOfDayNumber(from), runId])).toEqual([
    ['2005-01-03', 'run 1'],
    ['2008-01-02', 'run 2'],
    ['2009-01-02', 'run 0'],
  ]);
});
