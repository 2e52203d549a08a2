import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../../../src/simulator/yahoo/fundamental-figures.ts';

describe('fundamental figures', () => {
  test('a year of a flow is the sum of its quarters, a year of a stock its last quarter', () => {
    for (const [concept, isFlow] of [
      ['TotalRevenue', true],
      ['TotalAssets', false],
    ] as const) {
      const year = figuresOf('AAPL', concept, 'annual', '2024-12-31').find(
        ({ asOf }) => asOf === '2023-12-31',
      );
      const quarters = figuresOf('AAPL', concept, 'quarterly', '2024-12-31')
        .filter(({ asOf }) => asOf.startsWith('2023'))
        .map(({ value }) => value);
      expect(quarters).toHaveLength(4);
      expect(year?.value).toBe(isFlow ? quarters.reduce((sum, value) => sum + value, 0) : quarters[3]);
    }
  });

  test('are there only once they are reported', () => {
    const latest = (date: string) => figuresOf('AAPL', 'TotalRevenue', 'quarterly', date).at(-1)?.asOf;
    expect(latest('2024-05-09')).toBe('2023-12-31');
    expect(latest('2024-05-10')).toBe('2024-03-31');
    expect(figuresOf('AAPL', 'TotalRevenue', 'annual', '2024-02-15').at(-1)?.asOf).toBe('2022-12-31');
  });

  test('trailing ones are one, of the last four quarters', () => {
    const trailing = figuresOf('AAPL', 'NetIncome', 'trailing', '2024-06-30');
    const quarters = figuresOf('AAPL', 'NetIncome', 'quarterly', '2024-06-30').slice(-4);
    expect(trailing).toEqual([
      { asOf: '2024-03-31', value: quarters.reduce((sum, { value }) => sum + value, 0) },
    ]);
  });

  test('some are true zeros, and some a company does not report', () => {
    const values = figuresOf('AAPL', 'Properties', 'annual', '2024-12-31').map(({ value }) => value);
    expect(new Set(values)).toEqual(new Set([0]));
    const missing = [
      'Goodwill',
      'WriteOff',
      'Inventory',
      'OtherPayable',
      'Amortization',
      'TaxProvision',
    ].filter((concept) => figuresOf('AAPL', concept, 'annual', '2024-12-31').length === 0);
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.length).toBeLessThan(6);
  });
});
