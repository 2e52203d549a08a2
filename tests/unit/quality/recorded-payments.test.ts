import { describe, expect, test } from 'vitest';
import { dateOfDayNumber } from '../../../src/domain/date-range.ts';
import { adjustedClose } from '../../../src/quality/rules/adjusted-close.ts';
import { hasFixtures } from '../../support/fixtures.ts';
import { paidSeries, recordedPayments } from '../../support/paid-series.ts';

const foundIn = (file: string) =>
  adjustedClose
    .judge(paidSeries(recordedPayments(file)))
    .map(({ day, severity, evidence }) => `${dateOfDayNumber(day)} ${severity} ${evidence.what}`);

describe.skipIf(!hasFixtures)('adjusted closes of Yahoo beside what they should be (../shared)', () => {
  test.each([
    ['1398-HK-1d-bad-div', '2024-07-08 warn a payment that is not applied'],
    ['8TRA-DE-1d-missing-div-adjust', '2023-06-02 warn a payment that is not applied'],
    ['DODFX-1d-cg-double-count', '2025-12-18 warn another amount than was paid'],
    ['KAP-IL-1d-bad-div', '2022-07-13 error like amounts within a few sessions'],
  ])('%s: what is wrong is found on its day, and nothing in the right one', (name, expected) => {
    expect(foundIn(`yfinance_repair_${name}.csv`)).toEqual([expected]);
    expect(foundIn(`yfinance_repair_${name}-fixed.csv`)).toEqual([]);
  });

  test.each(['4063-T-1d-bad-stock-split', 'AET-L-1d-100x-error'])(
    '%s: what is wrong with other prices is none of its business',
    (name) => {
      expect(foundIn(`yfinance_repair_${name}.csv`)).toEqual([]);
      expect(foundIn(`yfinance_repair_${name}-fixed.csv`)).toEqual([]);
    },
  );
});
