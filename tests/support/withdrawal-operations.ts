import fc from 'fast-check';
import { sql } from 'kysely';
import { noteListed, withdrawUnlisted } from '../../src/store/action-listings.ts';
import { withdrawLapsed } from '../../src/store/bar-lapses.ts';
import {
  idAt,
  knownRange,
  knownRun,
  knownSeries,
  knownSession,
  place,
  type Operation,
} from './known-operation.ts';

const morning = fc.nat({ max: 6 }).map((day) => `2024-02-1${day}T16:30:00.000Z`);

/** What whole answers of two days lack is no more. */
const lapses = fc
  .record({ place, series: knownSeries, day: knownSession, at: morning })
  .map(({ place: of, series: { source, interval }, day, at }): Operation => ({
    label: `the ${source} ${interval} answer of ${at} has no bar of ${day}`,
    act: (tx, ids) =>
      withdrawLapsed(
        tx,
        { source, interval, runId: knownRun },
        [{ instrumentId: idAt(ids, of), session: day }],
        at,
      ),
  }));

const withdrawals = fc.record({ place, day: knownSession }).map(({ place: at, day }): Operation => ({
  label: `bars of ${day} are no more`,
  act: (tx, ids) =>
    sql`delete from market.daily_bars where instrument_id = ${idAt(ids, at)} and session_date = ${day}`.execute(
      tx,
    ),
}));

/** Lists have all actions of one instrument less than of the others, and have them again later. */
const listings = fc
  .record({ place, at: morning, run: fc.uuid() })
  .map(({ place: of, at, run }): Operation => ({
    label: `the lists of ${at} lack an action`,
    act: async (tx, ids) => {
      const { rows } = await sql<{ providerId: string; lacks: boolean }>`
      select provider_id as "providerId", id = (select min(id) from market.corporate_actions
        where instrument_id = ${idAt(ids, of)} and source = 'polygon') as lacks
      from market.corporate_actions where source = 'polygon' and provider_id is not null order by id for update`.execute(
        tx,
      );
      const listed = rows.filter(({ lacks }) => !lacks).map(({ providerId }) => providerId);
      const reading = { source: 'polygon' as const, runId: run };
      await noteListed(tx, reading, listed);
      await withdrawUnlisted(tx, { ...reading, at }, { splits: knownRange, dividends: knownRange });
    },
  }));

/** What sources have no more. */
export const withdrawal: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: lapses },
  withdrawals,
  listings,
);
