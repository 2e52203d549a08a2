import type { SessionDate } from '../../domain/session.ts';

/** Cash that an instrument pays every quarter. */
export interface DividendHabit {
  /** Of the price, a year. */
  readonly yieldPerYear: number;
  /** Of the first one of a year, from 1 to 3. */
  readonly month: number;
  readonly day: number;
  readonly since: SessionDate;
}

/** What is known of a familiar instrument: the real dates of its splits since 2003, a plausible dividend. */
interface FamiliarActions {
  readonly splits: readonly (readonly [exDate: SessionDate, ratio: number])[];
  readonly dividends: DividendHabit | null;
}

const quarterly = (
  yieldPerYear: number,
  month: number,
  day: number,
  since: SessionDate = '2003-09-10',
): DividendHabit => ({ yieldPerYear, month, day, since });

const splitsOf: Readonly<Record<string, FamiliarActions['splits']>> = {
  AAPL: [
    ['2005-02-28', 2],
    ['2014-06-09', 7],
    ['2020-08-31', 4],
  ],
  NVDA: [
    ['2021-07-20', 4],
    ['2024-06-10', 10],
  ],
};

const dividendsOf: Readonly<Record<string, DividendHabit>> = {
  AAPL: quarterly(0.0045, 2, 7, '2012-08-01'),
  NVDA: quarterly(0.0003, 3, 8, '2012-11-01'),
  MSFT: quarterly(0.008, 2, 15),
  SPY: quarterly(0.013, 3, 18),
  QQQ: quarterly(0.006, 3, 20),
  JPM: quarterly(0.023, 1, 5),
  V: quarterly(0.007, 2, 9, '2008-08-01'),
  JNJ: quarterly(0.033, 2, 20),
  WMT: quarterly(0.009, 3, 14),
  PG: quarterly(0.024, 1, 18),
  XOM: quarterly(0.035, 2, 12),
  IBM: quarterly(0.03, 2, 9),
  KO: quarterly(0.031, 3, 14),
  PEP: quarterly(0.034, 3, 3),
  CSCO: quarterly(0.027, 1, 4, '2011-04-01'),
  BAC: quarterly(0.023, 3, 3),
  T: quarterly(0.049, 1, 9),
  VZ: quarterly(0.066, 1, 9),
  IWM: quarterly(0.012, 3, 21),
  KIMpL: quarterly(0.061, 1, 2, '2013-12-01'),
  BACpK: quarterly(0.058, 1, 14, '2013-12-01'),
  CpK: quarterly(0.069, 2, 5, '2013-12-01'),
};

/** The actions of a familiar ticker; none for one that pays nothing. */
export function familiarActions(symbol: string): FamiliarActions {
  return { splits: splitsOf[symbol] ?? [], dividends: dividendsOf[symbol] ?? null };
}
