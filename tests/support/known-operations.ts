import fc from 'fast-check';
import { sql } from 'kysely';
import { knownSessionDays } from '../../src/calendar/exchange-calendar.ts';
import { writeAbsences } from '../../src/store/absences.ts';
import {
  noteActionsSynced,
  recordAmounts,
  recordVerdicts,
  writeActions,
} from '../../src/store/corporate-actions.ts';
import { noteRead, writeFundamentals, writeKeyStatistics } from '../../src/store/fundamentals.ts';
import { rebasePayments } from '../../src/store/payment-basis.ts';
import { markBasis, withholdSeries } from '../../src/store/split-basis.ts';
import { barOperation, basis } from './bar-operations.ts';
import { identityOperation } from './identity-operations.ts';
import {
  idAt,
  knownRun,
  knownSeries,
  knownSession,
  knownSessions,
  observed,
  place,
  type Operation,
} from './known-operation.ts';
import { withdrawal } from './withdrawal-operations.ts';

const absences = fc
  .record({ place, series: knownSeries, observed, day: knownSession, confirmed: fc.boolean() })
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
        { source, interval, runId: knownRun },
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
    day: knownSession,
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
      return writeActions(tx, { source: 'polygon', runId: knownRun }, [action]);
    },
  }));

const verdicts = fc
  .record({
    place,
    day: fc.option(knownSession),
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
  .record({ place, series: knownSeries, day: knownSession, to: basis, all: fc.boolean() })
  .map(({ place: at, series: { interval }, day, to, all }): Operation => ({
    label: all ? `all ${interval} bars are withheld` : `${interval} bars from ${day} on another basis`,
    act: async (tx, ids) => {
      const of = { instrumentId: idAt(ids, at), source: 'yahoo' as const, interval };
      if (all) await withholdSeries(tx, of);
      else await markBasis(tx, { ...of, sessions: [day], before: day, exDate: day }, to);
      await rebasePayments(tx, [{ instrumentId: of.instrumentId, exDate: day }]);
    },
  }));

const syncs = fc.record({ observed, day: knownSession }).map(({ observed: completedAt, day }): Operation => ({
  label: `the lists are read from ${day} on`,
  act: (tx) =>
    noteActionsSynced(tx, 'polygon', { range: { from: day, to: day }, allSplits: false, completedAt }),
}));

const figures = fc
  .record({ place, observed, revenue: fc.nat({ max: 3 }), brings: fc.boolean() })
  .map(({ place: at, observed: observedAt, revenue, brings }): Operation => ({
    label: brings ? `revenue ${revenue}` : 'a reading brings no statements',
    act: async (tx, ids) => {
      const origin = { instrumentId: idAt(ids, at), source: 'yahoo' as const, runId: knownRun, observedAt };
      const values = { TotalRevenue: revenue };
      await noteRead(tx, origin, 'fundamentals');
      if (!brings) return;
      await writeFundamentals(tx, origin, [
        { statement: 'financials', frequency: 'annual', periodEnd: '2023-12-31', currency: 'USD', values },
      ]);
      await writeKeyStatistics(tx, origin, { summaryDetail: { marketCap: revenue } });
    },
  }));

const indicators = fc
  .record({
    place,
    day: fc.constantFrom(...knownSessions.slice(0, 2)),
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
          computed_at) values (${id}, 'polygon', ${day}, ${value}, '1', ${knownRun}, clock_timestamp())
        on conflict (instrument_id, source, session_date) do update set sma_20 = excluded.sma_20`.execute(tx);
    },
  }));

const instruments = fc
  .record({
    place,
    name: fc.constantFrom('One', 'Other', null),
    watched: fc.boolean(),
    delisted: fc.option(knownSession),
  })
  .map(({ place: at, name, watched, delisted }): Operation => ({
    label: `called ${name}${watched ? ', watched' : ''}, delisted ${delisted}`,
    act: (tx, ids) =>
      sql`update market.instruments set name = ${name}, watched = ${watched}, active = ${delisted === null},
          delisted_on = ${delisted}, updated_at = now() where id = ${idAt(ids, at)} and merged_into is null and not exists (
            select from market.instruments other where other.symbol = instruments.symbol and other.id <> instruments.id
              and other.active = ${delisted === null} and other.delisted_on is not distinct from ${delisted})`.execute(
        tx,
      ),
  }));

/** Any of them, those that happen most often the most often. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: barOperation },
  { weight: 2, arbitrary: actions },
  { weight: 2, arbitrary: verdicts },
  { weight: 2, arbitrary: absences },
  bases,
  figures,
  syncs,
  { weight: 2, arbitrary: indicators },
  instruments,
  { weight: 2, arbitrary: withdrawal },
  { weight: 2, arbitrary: identityOperation },
);
