import fc from 'fast-check';
import { sql } from 'kysely';
import { knownSessionDays } from '../../src/calendar/exchange-calendar.ts';
import { sources } from '../../src/domain/source.ts';
import { unknownBasis } from '../../src/domain/split-basis.ts';
import { writeAbsences } from '../../src/store/absences.ts';
import type { Transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars, type IncomingBar } from './bar-rows.ts';
import {
  idAt,
  knownRun,
  knownSeries,
  knownSession,
  observed,
  place,
  type Operation,
} from './known-operation.ts';

/** Another basis, or that none can be told. */
export const basis = fc.oneof(knownSession, fc.constant(unknownBasis));

type Series = typeof knownSeries extends fc.Arbitrary<infer T> ? T : never;

async function tell(
  tx: Transaction,
  { source, interval }: Series,
  rows: readonly IncomingBar[],
): Promise<void> {
  const origin = { source, interval, runId: knownRun };
  const bars = incomingBars(rows);
  await writeBars(tx, origin, bars);
  await writeAbsences(tx, origin, { bars, absences: [] }, knownSessionDays);
}

const bars = fc
  .record({
    ...{ place, series: knownSeries, observed, settled: fc.boolean(), basis: fc.option(basis) },
    days: fc.uniqueArray(knownSession, { minLength: 1, maxLength: 4 }),
    close: fc.constantFrom(10, 10.5, 20, 20.25),
  })
  .map(({ place: at, series, observed: observedAt, settled, basis: splitBasis, days, close }): Operation => {
    const { source, interval } = series;
    const prices = {
      open: close,
      high: close + 1,
      low: close - 1,
      close,
      volume: close * 100,
      vwap: null,
      trades: null,
    };
    return {
      label: `${source} ${interval} bars of ${days.join(' ')} at ${close}${settled ? ', settled' : ''}, basis ${splitBasis}`,
      act: async (tx, ids) => {
        const rows = [...days].sort().map((day) => ({
          ...{ instrumentId: idAt(ids, at), session: day, ...prices, settled, observedAt },
          ...(interval === '1h' ? { opensAt: `${day}T14:30:00.000Z` } : {}),
          ...{
            endpoint: 'series' as const,
            splitBasis: sources[source].prices === 'split_adjusted' ? (splitBasis ?? '2024-02-05') : null,
          },
        }));
        await tell(tx, series, rows);
      },
    };
  });

/** What is stored is told again as settled, with the same values: late enough for all of it. */
const settlements = fc
  .record({ place, series: knownSeries, at: fc.nat({ max: 9 }) })
  .map(({ place: of, series, at }): Operation => ({
    label: `the ${series.source} ${series.interval} bars of ${of} are settled`,
    act: async (tx, ids) => {
      const isDaily = series.interval === '1d';
      const { rows } = await sql<IncomingBar>`
        select instrument_id as "instrumentId", session_date as session, open, high, low, close, volume, vwap, trades,
          endpoint, split_basis as "splitBasis" ${isDaily ? sql`` : sql`, session_date || 'T14:30:00.000Z' as "opensAt"`}
        from ${sql.table(isDaily ? 'market.daily_bars' : 'market.intraday_bars')}
        where instrument_id = ${idAt(ids, of)} and source = ${series.source} order by session_date`.execute(
        tx,
      );
      const observedAt = `2024-02-05T12:00:2${at}.000Z`;
      await tell(
        tx,
        series,
        rows.map((row) => ({ ...row, settled: true, observedAt })),
      );
    },
  }));

/** Bars that come, for the first time or again. */
export const barOperation: fc.Arbitrary<Operation> = fc.oneof({ weight: 3, arbitrary: bars }, settlements);
