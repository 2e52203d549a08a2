import { expect, test } from 'vitest';
import { cashAsBars } from '../../src/domain/cash-basis.ts';
import { untold, type CorporateAction } from '../../src/domain/corporate-action.ts';
import { dateOfDayNumber, dayNumber } from '../../src/domain/date-range.ts';
import { unknownBasis } from '../../src/domain/split-basis.ts';

const told = '2024-02-01';

function paid(exDate: string, amountBasis: string | null = told): CorporateAction {
  return { ...untold, kind: 'cash_dividend', exDate, amount: 1, amountBasis };
}

/** Bars of three sessions; a session's basis, null: it cannot be told. */
function basisOf(bases: Readonly<Record<string, string | null>>, payment: CorporateAction): string | null {
  const days = Object.keys(bases).map(dayNumber);
  const of = (day: number) => {
    const basis = bases[dateOfDayNumber(day)] ?? null;
    return basis === null ? null : dayNumber(basis);
  };
  return cashAsBars([payment], days, of)[0]?.amountBasis ?? null;
}

test('cash has those splits in it that the bar of its day has', () => {
  const bases = { '2024-01-10': '2024-01-11', '2024-01-11': null, '2024-01-12': told };
  expect(basisOf(bases, paid('2024-01-10'))).toBe('2024-01-11');
  expect(basisOf(bases, paid('2024-01-11'))).toBe(unknownBasis);
  expect(basisOf(bases, paid('2024-01-12'))).toBe(told);
});

test('of a day without a bar the bars around it tell, where they agree', () => {
  const bases = { '2024-01-08': told, '2024-01-10': told, '2024-01-12': '2024-01-13' };
  expect(basisOf(bases, paid('2024-01-05'))).toBe(told);
  expect(basisOf(bases, paid('2024-01-09'))).toBe(told);
  expect(basisOf(bases, paid('2024-01-11'))).toBe(unknownBasis);
});

test('cash still to come is in shares of the day of the answer, and cash as paid in those of its own', () => {
  const bases = { '2024-01-10': null };
  expect(basisOf(bases, paid('2024-02-09'))).toBe(told);
  expect(basisOf({}, paid('2024-01-10'))).toBe(told);
  expect(basisOf(bases, paid('2024-01-10', null))).toBe(null);
});
