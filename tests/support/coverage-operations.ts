import fc from 'fast-check';
import { sql } from 'kysely';
import { knownSessionDays, sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import { sources } from '../../src/domain/source.ts';
import { forgetAbsences, writeAbsences } from '../../src/store/absences.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars, type IncomingBar } from './bar-rows.ts';
import { idAt, knownRun, observed, place, type Operation } from './known-operation.ts';

/** Three months, one of them of 31 days with a session on the last. */
const sessions = sessionDatesBetween({ from: '2023-12-18', to: '2024-02-09' });
const source = fc.constantFrom('polygon' as const, 'yahoo' as const);
const span = fc
  .tuple(fc.nat({ max: sessions.length - 1 }), fc.nat({ max: 25 }))
  .map(([first, more]) => sessions.slice(first, first + more + 1));

const prices = { open: 10, high: 11, low: 9, close: 10, volume: 100, vwap: null, trades: null };

const runs = fc
  .record({ place, source, span, observed, settled: fc.boolean() })
  .map(({ place: at, source: of, span: days, observed: observedAt, settled }): Operation => ({
    label: `${of} bars from ${days[0]} to ${days.at(-1)}${settled ? ', settled' : ''}`,
    act: async (tx, ids) => {
      const rows = days.map((session): IncomingBar => ({
        ...{ instrumentId: idAt(ids, at), session, ...prices, settled, observedAt },
        ...{ endpoint: 'series', splitBasis: sources[of].prices === 'split_adjusted' ? '2024-02-05' : null },
      }));
      const origin = { source: of, interval: '1d', runId: knownRun } as const;
      const bars = incomingBars(rows);
      await writeBars(tx, origin, bars);
      await writeAbsences(tx, origin, { bars, absences: [] }, knownSessionDays);
    },
  }));

const absences = fc
  .record({ place, source, span, observed, confirmed: fc.boolean() })
  .map(({ place: at, source: of, span: days, observed: observedAt, confirmed }): Operation => ({
    label: `no ${of} bars from ${days[0]} to ${days.at(-1)}${confirmed ? ', confirmed' : ''}`,
    act: (tx, ids) => {
      const told = { instrumentId: idAt(ids, at), reason: 'not_listed' as const, confirmed, observedAt };
      const origin = { source: of, interval: '1d', runId: knownRun } as const;
      const account = { bars: [], absences: days.map((session) => ({ ...told, session })) };
      return writeAbsences(tx, origin, account, knownSessionDays);
    },
  }));

const lifts = fc.record({ place, source, span }).map(({ place: at, source: of, span: days }): Operation => ({
  label: `${days.length} ${of} sessions from ${days[0]} on are due again`,
  act: (tx, ids) =>
    forgetAbsences(
      tx,
      { source: of, interval: '1d', runId: knownRun },
      { instrumentId: idAt(ids, at), days: days.map(dayNumber) },
      knownSessionDays,
    ),
}));

/** One statement of each kind on the same days: the last one says what they are. */
const changesOfMind = fc
  .record({
    place,
    span,
    steps: fc.array(fc.constantFrom('put', 'settle', 'loosen', 'take'), { maxLength: 5 }),
  })
  .map(({ place: at, span: days, steps }): Operation => ({
    label: `${days.length} sessions from ${days[0]} on: ${steps.join(', ')}`,
    act: async (tx, ids) => {
      const id = idAt(ids, at);
      const these = sql`instrument_id = ${id} and source = 'polygon' and session_date = any(${days}::date[])`;
      const does = {
        put: sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume,
            settled, endpoint, run_id, observed_at)
          select ${id}, 'polygon', day, 1, 1, 1, 1, 1, false, 'series', ${knownRun}, clock_timestamp()
          from unnest(${days}::date[]) day on conflict do nothing`,
        settle: sql`update market.daily_bars set settled = true where ${these}`,
        loosen: sql`update market.daily_bars set settled = false where ${these}`,
        take: sql`delete from market.daily_bars where ${these}`,
      };
      for (const step of steps) await does[step].execute(tx);
    },
  }));

/** What a savepoint takes back was never there. */
const takenBack = fc
  .tuple(fc.oneof(runs, absences), changesOfMind, fc.boolean())
  .map(([first, second, kept]): Operation => ({
    label: `${first.label}, taken back; ${second.label}`,
    act: async (tx, ids) => {
      if (kept) await second.act(tx, ids);
      await sql`savepoint before`.execute(tx);
      await first.act(tx, ids);
      await sql`rollback to savepoint before`.execute(tx);
      if (!kept) await second.act(tx, ids);
    },
  }));

/** What changes which days are covered, over several months. */
export const coverageOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: runs },
  { weight: 2, arbitrary: absences },
  lifts,
  { weight: 2, arbitrary: changesOfMind },
  takenBack,
);
