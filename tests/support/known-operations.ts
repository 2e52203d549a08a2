import fc from 'fast-check';
import { sql } from 'kysely';
import { knownSessionDays, sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { sources } from '../../src/domain/source.ts';
import { unknownBasis } from '../../src/domain/split-basis.ts';
import { writeAbsences } from '../../src/store/absences.ts';
import { recordAmounts, recordVerdicts, writeActions } from '../../src/store/corporate-actions.ts';
import type { Store } from '../../src/store/database.ts';
import { writeFundamentals, writeKeyStatistics } from '../../src/store/fundamentals.ts';
import { rebasePayments } from '../../src/store/payment-basis.ts';
import { markBasis, withholdSeries } from '../../src/store/split-basis.ts';
import { transaction, type Transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars } from './bar-rows.ts';

/** What writers may do to what is known of instruments, each in a transaction of its own. */
export interface Operation {
  readonly label: string;
  readonly act: (tx: Transaction, ids: readonly number[]) => Promise<unknown>;
}

export const knownRange = { from: '2024-01-02', to: '2024-01-10' } as const;
const sessions = sessionDatesBetween(knownRange);
const runId = '00000000-0000-4000-8000-000000000001';

const session = fc.constantFrom(...sessions);
const place = fc.nat({ max: 1 });
const idAt = (ids: readonly number[], at: number) => ids[at % ids.length] ?? NaN;
/** Whole seconds, few of them: answers often share one. */
const observed = fc.nat({ max: 5 }).map((second) => `2024-02-05T12:00:0${second}.000Z`);
const basis = fc.oneof(session, fc.constant(unknownBasis));
const series = fc.record({
  source: fc.constantFrom('polygon' as const, 'yahoo' as const),
  interval: fc.constantFrom('1d' as const, '1h' as const),
});

const bars = fc
  .record({
    ...{ place, series, observed, settled: fc.boolean(), basis: fc.option(basis) },
    days: fc.uniqueArray(session, { minLength: 1, maxLength: 4 }),
    close: fc.constantFrom(10, 10.5, 20, 20.25),
  })
  .map(
    ({
      place: at,
      series: { source, interval },
      observed: observedAt,
      settled,
      basis: splitBasis,
      days,
      close,
    }): Operation => {
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
          const came = incomingBars(rows);
          await writeBars(tx, { source, interval, runId }, came);
          await writeAbsences(
            tx,
            { source, interval, runId },
            { bars: came, absences: [] },
            knownSessionDays,
          );
        },
      };
    },
  );

const absences = fc
  .record({ place, series, observed, day: session, confirmed: fc.boolean() })
  .map(({ place: at, series: { source, interval }, observed: observedAt, day, confirmed }): Operation => ({
    label: `no ${source} ${interval} bar of ${day}${confirmed ? ', confirmed' : ''}`,
    act: (tx, ids) => {
      const absence = {
        instrumentId: idAt(ids, at),
        session: day,
        reason: 'no_trade' as const,
        confirmed,
        observedAt,
      };
      return writeAbsences(
        tx,
        { source, interval, runId },
        { bars: [], absences: [absence] },
        knownSessionDays,
      );
    },
  }));

const nothing = {
  ...{
    amountBasis: null,
    adjustedAmount: null,
    frequency: null,
    declaredOn: null,
    recordOn: null,
    payOn: null,
  },
};

const actions = fc
  .record({
    place,
    observed,
    day: session,
    number: fc.nat({ max: 3 }),
    ratio: fc.constantFrom(2, 3, 0.5),
    cash: fc.boolean(),
  })
  .map(({ place: at, observed: observedAt, day, number, ratio, cash }): Operation => ({
    label: `action ${number} of ${day}, ${cash ? 'cash' : 'ratio'} ${ratio}`,
    act: (tx, ids) => {
      const instrumentId = idAt(ids, at);
      const what = cash
        ? {
            kind: 'cash_dividend' as const,
            ratio: null,
            amount: ratio / 10,
            currency: 'USD',
            dividendType: 'regular' as const,
          }
        : { kind: 'split' as const, ratio, amount: null, currency: null, dividendType: null };
      const action = {
        ...nothing,
        ...what,
        instrumentId,
        exDate: day,
        observedAt,
        providerId: `${instrumentId} ${number}`,
      };
      return writeActions(tx, { source: 'polygon', runId }, [action]);
    },
  }));

const verdicts = fc
  .record({
    place,
    day: fc.option(session),
    status: fc.constantFrom(
      'effective' as const,
      'effective' as const,
      'refused' as const,
      'disputed' as const,
      'pending' as const,
    ),
    amount: fc.constantFrom(0.1, 0.2),
  })
  .map(({ place: at, day, status, amount }): Operation => ({
    label: `actions are ${status} on ${day ?? 'their days'}`,
    act: async (tx, ids) => {
      const { rows } = await sql<{ id: number; cash: boolean }>`
        select id, told_amount is not null as cash from market.corporate_actions
        where instrument_id = ${idAt(ids, at)} order by id for update`.execute(tx);
      await recordVerdicts(
        tx,
        rows.map(({ id }) => ({ id, status, reason: null, ...(day === null ? {} : { exDate: day }) })),
      );
      await recordAmounts(
        tx,
        rows.filter(({ cash }) => cash).map(({ id }) => ({ id, amount })),
      );
    },
  }));

const bases = fc
  .record({ place, series, day: session, to: basis, all: fc.boolean() })
  .map(({ place: at, series: { interval }, day, to, all }): Operation => ({
    label: all ? `all ${interval} bars are withheld` : `${interval} bars from ${day} on another basis`,
    act: async (tx, ids) => {
      const of = { instrumentId: idAt(ids, at), source: 'yahoo' as const, interval };
      if (all) await withholdSeries(tx, of);
      else await markBasis(tx, { ...of, sessions: [day], before: day, exDate: day }, to);
      await rebasePayments(tx, [{ instrumentId: of.instrumentId, exDate: day }]);
    },
  }));

const figures = fc
  .record({ place, observed, revenue: fc.nat({ max: 3 }) })
  .map(({ place: at, observed: observedAt, revenue }): Operation => ({
    label: `revenue ${revenue}`,
    act: async (tx, ids) => {
      const origin = { instrumentId: idAt(ids, at), source: 'yahoo' as const, runId, observedAt };
      const values = { TotalRevenue: revenue };
      await writeFundamentals(tx, origin, [
        { statement: 'financials', frequency: 'annual', periodEnd: '2023-12-31', currency: 'USD', values },
      ]);
      await writeKeyStatistics(tx, origin, { summaryDetail: { marketCap: revenue } });
    },
  }));

const indicators = fc
  .record({
    place,
    day: fc.constantFrom(...sessions.slice(0, 2)),
    value: fc.constantFrom(1, 2, 3),
    gone: fc.boolean(),
  })
  .map(({ place: at, day, value, gone }): Operation => ({
    label: gone ? `no indicators of ${day}` : `indicators of ${day}: ${value}`,
    act: (tx, ids) => {
      const id = idAt(ids, at);
      if (gone)
        return sql`delete from market.indicators where instrument_id = ${id} and session_date = ${day}`.execute(
          tx,
        );
      return sql`insert into market.indicators (instrument_id, source, session_date, sma_20, parameters_version, run_id,
          computed_at) values (${id}, 'polygon', ${day}, ${value}, '1', ${runId}, clock_timestamp())
        on conflict (instrument_id, source, session_date) do update set sma_20 = excluded.sma_20`.execute(tx);
    },
  }));

const withdrawals = fc.record({ place, day: session }).map(({ place: at, day }): Operation => ({
  label: `bars of ${day} are no more`,
  act: (tx, ids) =>
    sql`delete from market.daily_bars where instrument_id = ${idAt(ids, at)} and session_date = ${day}`.execute(
      tx,
    ),
}));

const instruments = fc
  .record({
    place,
    name: fc.constantFrom('One', 'Other', null),
    watched: fc.boolean(),
    delisted: fc.option(session),
  })
  .map(({ place: at, name, watched, delisted }): Operation => ({
    label: `called ${name}${watched ? ', watched' : ''}, delisted ${delisted}`,
    act: (tx, ids) =>
      sql`update market.instruments set name = ${name}, watched = ${watched}, active = ${delisted === null},
          delisted_on = ${delisted}, updated_at = now() where id = ${idAt(ids, at)}`.execute(tx),
  }));

/** Any of them, those that happen most often the most often. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: bars },
  { weight: 2, arbitrary: actions },
  { weight: 2, arbitrary: verdicts },
  { weight: 2, arbitrary: absences },
  bases,
  figures,
  { weight: 2, arbitrary: indicators },
  instruments,
  withdrawals,
);

/** Writes one after the other; what two writers deadlock over is lost by one of them, as anywhere. */
export async function write(
  store: Store,
  ids: readonly number[],
  operations: readonly Operation[],
): Promise<void> {
  for (const { act } of operations) {
    try {
      await transaction(store, (tx) => act(tx, ids));
    } catch (error) {
      if (!isDeadlock(error)) throw error;
    }
  }
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01';
}
