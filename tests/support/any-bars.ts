import fc from 'fast-check';
import type { DailyBar, IntradayBar } from '../../src/domain/bar.ts';
import { addDays } from '../../src/domain/date-range.ts';

const firstSession = '1990-01-02';
const amount = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true });

/** Bars of sessions from 1990 on, all of whole sessions or all within them, in no order. */
export function anyBars({
  amounts = amount,
  days = 20_000,
  fewest = 0,
}: {
  readonly amounts?: fc.Arbitrary<number>;
  readonly days?: number;
  readonly fewest?: number;
} = {}): fc.Arbitrary<readonly (DailyBar | IntradayBar)[]> {
  const daily = fc.record({
    session: fc.nat({ max: days - 1 }).map((day) => addDays(firstSession, day)),
    ...{ open: amounts, high: amounts, low: amounts, close: amounts, volume: amounts },
    vwap: fc.option(amounts),
    trades: fc.option(fc.maxSafeNat()),
  });
  const intraday = fc.tuple(daily, fc.nat({ max: 389 })).map(([bar, minute]) => {
    const opensMs = Date.parse(`${bar.session}T14:30:00Z`) + minute * 60_000;
    return { ...bar, opensAt: new Date(opensMs).toISOString() };
  });
  const size = { minLength: fewest, maxLength: 50 };
  return fc.oneof(fc.array(daily, size), fc.array(intraday, size));
}
