import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import { isIntraday, type Interval } from '../domain/interval.ts';
import type { KnownDays, KnownParts } from '../domain/silence.ts';
import { sessionsIn, type SessionDays } from '../domain/session-days.ts';
import type { SourceName } from '../domain/source.ts';
import { isOfSeries, layoutOf } from './bar-layout.ts';
import type { Database } from './database.ts';

interface KnownQuery {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly interval: Interval;
  /** Sessions of it. */
  readonly range: DateRange;
}

/** Days since 1970-01-01. */
interface KnownRow {
  readonly first: number;
  readonly last: number;
  readonly state: 'traded' | 'suspected' | 'unlisted' | 'quiet';
  /** Epoch milliseconds. */
  readonly seen: number;
}

const epoch = sql`date '1970-01-01'`;
const seenMs = sql`(extract(epoch from observed_at) * 1000)::float8`;

/**
 * What is stored of an instrument's sessions: bars, reasons why there is none, and silences not believed yet.
 * `calendar` are the sessions of the range.
 */
export async function knownSessions(
  db: Database,
  { instrumentId, source, interval, range }: KnownQuery,
  calendar: SessionDays,
): Promise<KnownDays> {
  const { rows } = await sql<KnownRow>`
    select distinct session_date - ${epoch} as first, session_date - ${epoch} as last, 'traded' as state,
      0::float8 as seen from ${sql.table(layoutOf(interval).table)} stored
    where ${isOfSeries({ instrumentId, source, interval })}
      and session_date between ${range.from}::date and ${range.to}::date
    union all
    select session_date - ${epoch}, last_session - ${epoch},
      case when not confirmed then 'suspected' when reason = 'not_listed' then 'unlisted' else 'quiet' end, ${seenMs}
    from market.bar_absences
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval} and opens_at is null
      and session_date <= ${range.to}::date and last_session >= ${range.from}::date`.execute(db);
  const among = (state: KnownRow['state']) => rows.filter((row) => row.state === state);
  const sessionsOf = (found: readonly KnownRow[]) =>
    new Set(
      sessionsIn(
        calendar,
        found.map(({ first, last }) => [first, last]),
      ),
    );
  return {
    // A bar may lie on a day that the calendar does not have.
    traded: new Set(among('traded').map(({ first }) => first)),
    quiet: sessionsOf(among('quiet')),
    unlisted: sessionsOf(among('unlisted')),
    suspected: new Map(
      among('suspected').flatMap((row) => Array.from(sessionsOf([row]), (day) => [day, row.seen] as const)),
    ),
  };
}

/** What is stored of the parts of an instrument's sessions; of an interval of whole sessions nothing. */
export async function knownParts(
  db: Database,
  { instrumentId, source, interval, range }: KnownQuery,
): Promise<KnownParts> {
  if (!isIntraday(interval)) return { accounted: new Set(), suspected: new Map() };
  const { rows } = await sql<{ opens: Date; accounted: boolean; seen: number }>`
    select opens_at as opens, true as accounted, 0::float8 as seen from market.intraday_bars
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval}
      and session_date between ${range.from}::date and ${range.to}::date
    union all
    select opens_at, confirmed, ${seenMs} from market.bar_absences
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval}
      and opens_at is not null and session_date between ${range.from}::date and ${range.to}::date`.execute(
    db,
  );
  const suspected = rows.filter(({ accounted }) => !accounted);
  return {
    accounted: new Set(rows.filter(({ accounted }) => accounted).map(({ opens }) => opens.getTime())),
    suspected: new Map(suspected.map(({ opens, seen }) => [opens.getTime(), seen])),
  };
}
