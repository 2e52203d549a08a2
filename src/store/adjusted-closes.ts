import { sql } from 'kysely';
import type { AdjustedStep, AdjustedSteps } from '../domain/adjusted-steps.ts';
import { dateOfDayNumber } from '../domain/date-range.ts';
import type { DayRange } from '../domain/session-days.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** What an answer has told of the adjusted close of an instrument. */
export interface IncomingSteps extends AdjustedSteps {
  readonly instrumentId: number;
  /** ISO 8601. */
  readonly observedAt: string;
}

/**
 * Keeps what answers of a source tell of adjusted closes; within its days each takes the place of what one observed before
 * it has told. Written again it changes nothing.
 */
export async function writeSteps(
  tx: Transaction,
  source: SourceName,
  answers: readonly IncomingSteps[],
): Promise<void> {
  const waves = Map.groupBy(
    [...Map.groupBy(answers, ({ instrumentId }) => instrumentId).values()].flatMap((own) => [
      ...own.toSorted((one, other) => Date.parse(one.observedAt) - Date.parse(other.observedAt)).entries(),
    ]),
    ([wave]) => wave,
  );
  for (const wave of waves.values())
    await writeOneEach(
      tx,
      source,
      wave.map(([, answer]) => answer),
    );
}

/** The same of one answer an instrument. */
async function writeOneEach(
  tx: Transaction,
  source: SourceName,
  answers: readonly IncomingSteps[],
): Promise<void> {
  const ids = answers.map(({ instrumentId }) => instrumentId);
  await sql`insert into market.adjusted_closes (instrument_id, source)
    select id, ${source} from unnest(${ids}::int[]) id order by id on conflict do nothing`.execute(tx);
  const rows = answers.map(({ instrumentId, first, last, steps, observedAt }) => ({
    ...{ id: instrumentId, first: dateOfDayNumber(first), last: dateOfDayNumber(last), observedAt },
    steps: steps.map(({ day, before, share }) => ({
      ...{ session: dateOfDayNumber(day), before: dateOfDayNumber(before), share },
    })),
  }));
  await sql`
    with incoming as materialized (
      select told.*, datemultirange(daterange(first, last, '[]')) as days
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as told(id int, first date, last date, "observedAt" timestamptz, steps jsonb)
    ), held as materialized (
      select * from market.adjusted_closes where source = ${source} and instrument_id = any(${ids}::int[])
      order by instrument_id for update
    ), fresh as materialized (
      select id, days as all_days, incoming."observedAt", steps,
        case when incoming."observedAt" >= held.observed_at then days else days - held.sessions end as days
      from incoming join held on held.instrument_id = incoming.id
    ), told as materialized (
      select id, session, before, share, "observedAt" from fresh
      cross join lateral jsonb_to_recordset(steps) as step(session date, before date, share float8)
      where session <@ days
    ), gone as (
      delete from market.adjusted_steps known using fresh
      where known.instrument_id = fresh.id and known.source = ${source} and known.session_date <@ fresh.days
        and not exists (select from told where told.id = known.instrument_id and told.session = known.session_date)
    ), grown as (
      update market.adjusted_closes known set sessions = known.sessions + all_days,
        observed_at = greatest(known.observed_at, fresh."observedAt")
      from fresh where known.instrument_id = fresh.id and known.source = ${source}
    )
    insert into market.adjusted_steps as known (instrument_id, source, session_date, before_session, share, observed_at)
    select id, ${source}, session, before, share, "observedAt" from told
    on conflict (instrument_id, source, session_date) do update
      set before_session = excluded.before_session, share = excluded.share, observed_at = excluded.observed_at
      where known.before_session <> excluded.before_session or abs(known.share - excluded.share) > ${noise}`.execute(
    tx,
  );
}

/** By so much the same step differs from answer to answer: prices are of 32 bits. */
const noise = 1e-6;

/** What is known of the adjusted close of an instrument. */
export interface StoredSteps {
  readonly steps: readonly AdjustedStep[];
  /** The days into which every step is known, since 1970-01-01, oldest first. */
  readonly covered: readonly DayRange[];
}

/** The same of instruments from a source; those of which nothing is known are left out. */
export async function storedSteps(
  db: Database,
  source: SourceName,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, StoredSteps>> {
  const day = (date: string) => sql`(${sql.raw(date)} - date '1970-01-01')`;
  const { rows } = await sql<StoredSteps & { readonly id: number }>`
    select instrument_id as id,
      (select coalesce(jsonb_agg(jsonb_build_array(${day('lower(days)')}, ${day('upper(days)')} - 1)
        order by days), '[]') from unnest(sessions) days) as covered,
      (select coalesce(jsonb_agg(jsonb_build_object('day', ${day('session_date')}, 'before', ${day('before_session')},
        'share', share) order by session_date), '[]') from market.adjusted_steps step
        where step.instrument_id = told.instrument_id and step.source = told.source) as steps
    from market.adjusted_closes told
    where source = ${source} and instrument_id = any(${instrumentIds}::int[])`.execute(db);
  return new Map(rows.map(({ id, ...stored }) => [id, stored]));
}
