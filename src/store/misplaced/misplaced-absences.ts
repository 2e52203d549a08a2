import { sql, type RawBuilder } from 'kysely';
import type { Telling } from '../../domain/absence-ranges.ts';
import type { Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Database } from '../database.ts';
import { requestedOf } from './misplaced-bars.ts';
import { misplacedAmong, toldDay } from './told-rows.ts';

/** Days running of an absence that lie under another instrument than they were told of. */
export interface MisplacedAbsence extends Pick<Telling, 'reason' | 'confirmed' | 'runId'> {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly observedAt: Date;
  readonly ticker: string;
  /** Null: nobody's who is known. */
  readonly movedTo: number | null;
}

/** Absences of whole sessions of instruments, as each answer told them. */
const tellings = (ids: readonly number[]) => sql`
  select a.instrument_id, a.source, a.interval, a.reason, a.confirmed, a.known_from, t.first,
    coalesce(lead(t.first) over (partition by a.instrument_id, a.source, a.interval, a.session_date order by t.first) - 1,
      a.last_session) as last, t.run_id, t.observed_at
  from market.bar_absences a
  cross join lateral (
    select a.session_date as first, a.run_id, a.observed_at where a.tellers is null
    union all select "from", "runId", "observedAt"
    from jsonb_to_recordset(a.tellers) as t("from" date, "runId" uuid, "observedAt" timestamptz)
    where a.tellers is not null) t
  where a.instrument_id = any(${ids}::int[]) and a.opens_at is null`;

/** Days on which it may change whose a ticker of an instrument is, or what it was asked under. */
const borders = (ids: readonly number[]) => sql`
  select i.id as instrument_id, edge.day from market.instruments i
  join market.symbol_history h on h.instrument_id = i.id or h.ticker = i.symbol
    or h.ticker in (select own.ticker from market.symbol_history own where own.instrument_id = i.id)
    or h.ticker in (select asked.ticker from asked where asked.instrument_id = i.id)
  cross join lateral (values (lower(h.borne)), (upper(h.borne))) edge(day)
  where i.id = any(${ids}::int[]) and edge.day is not null
  union select instrument_id, range_start from asked union select instrument_id, range_end + 1 from asked`;

const pieces = (vocabulary: SourceName): RawBuilder<unknown> => sql`
  select t.*, p.first as piece, coalesce(lead(p.first) over (partition by t.instrument_id, t.source, t.interval, t.first
      order by p.first) - 1, t.last) as piece_last,
    ${toldDay(vocabulary, 't', { session: sql`p.first`, answered: sql`t.observed_at` })} as day,
    (select asked.ticker from asked where t.source = ${vocabulary} and asked.run_id = t.run_id
      and asked.instrument_id = t.instrument_id and p.first between asked.range_start and asked.range_end limit 1) as asked
  from tellings t
  cross join lateral (
    select t.first union select b.day from borders b
    where b.instrument_id = t.instrument_id and b.day > t.first and b.day <= t.last) p(first)`;

/**
 * What instruments are said to lack that was told of others. That one was not listed is said of itself, whatever it was asked
 * under, unless it was listed under another ticker: then that is nobody's.
 */
export async function misplacedAbsences(
  db: Database,
  vocabulary: SourceName,
  ids: readonly number[],
): Promise<readonly MisplacedAbsence[]> {
  const { rows } = await sql<MisplacedAbsence>`
    with asked as materialized (${requestedOf(ids)}), tellings as materialized (${tellings(ids)}),
      borders as materialized (${borders(ids)})
    select instrument_id as "instrumentId", source, interval, piece as "from", piece_last as "to", reason, confirmed,
      run_id as "runId", observed_at as "observedAt", ticker,
      case when reason <> 'not_listed' then moved_to end as "movedTo"
    from (${misplacedAmong(vocabulary, pieces(vocabulary))}) m
    where reason <> 'not_listed' or own_ticker <> ticker order by instrument_id, source, interval, piece`.execute(
    db,
  );
  return rows;
}
