import { describe, expect, test } from 'vitest';
import { dateOfDayNumber, dayNumber } from '../../src/domain/date-range.ts';
import { judgeBasis } from '../../src/domain/split-basis.ts';
import { hasFixtures, readCsv } from '../support/fixtures.ts';

const faults = [
  // Adjusted from one session before the ex-date on, the rows before that not.
  { name: '4063-T-1d-bad-stock-split', exDate: '2023-03-30', ratio: 5, withheld: 0 },
  // Of weeks: a consolidation beside a payment of as much, so that no price tells which rows before it are adjusted. The
  // repaired file divides the week of the ex-date as well, in which 412 was what was paid after the consolidation.
  { name: 'AV-L-1wk-bad-stock-split', exDate: '2022-05-16', ratio: 0.76, withheld: 22, not: '2022-05-16' },
];

interface Row {
  readonly session: string;
  readonly open: number;
  readonly close: number;
}

function rowsOf(file: string): readonly Row[] {
  return readCsv(`bars/${file}.csv`)
    .map((row) => ({
      session: (row.Date ?? '').slice(0, 10),
      open: Number(row.Open),
      close: Number(row.Close),
    }))
    .sort((a, b) => (a.session < b.session ? -1 : 1));
}

describe.skipIf(!hasFixtures)('recorded faults (skipped where ../shared/fixtures is absent)', () => {
  test.each(faults)(
    '$name: every row is read rightly or withheld',
    ({ name, exDate, ratio, withheld, not }) => {
      const rows = rowsOf(`yfinance_repair_${name}`);
      const right = new Map(
        rowsOf(`yfinance_repair_${name}-fixed`).map(({ session, close }) => [session, close]),
      );
      const { basisOf } = judgeBasis(
        {
          length: rows.length,
          day: Int32Array.from(rows, ({ session }) => dayNumber(session)),
          open: Float64Array.from(rows, ({ open }) => open),
          close: Float64Array.from(rows, ({ close }) => close),
        },
        {
          splits: [{ exDate, ratio }],
          doubtful: [],
          observedOn: '2024-01-02',
          traded: new Map(),
          stored: new Map(),
        },
      );
      const read = rows.flatMap(({ session, close }) => {
        const basis = basisOf(dayNumber(session));
        if (basis === null || session === not) return [];
        const isIn = session >= exDate || dateOfDayNumber(basis) >= exDate;
        return isIn ? close / (right.get(session) ?? NaN) : close / ratio / (right.get(session) ?? NaN);
      });
      expect(read).toEqual(read.map((): unknown => expect.closeTo(1, 2)));
      expect(rows.length - read.length).toBe(withheld + (not === undefined ? 0 : 1));
    },
  );
});
