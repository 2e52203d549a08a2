import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import { isIntraday, type Interval } from '../domain/interval.ts';
import type { KnownDays, KnownParts } from '../domain/silence.ts';
import type { SourceName } from '../domain/source.ts';
import { isOwn, layoutOf } from './bar-layout.ts';
import type { Database } from './database.ts';

interface KnownQuery {
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly interval: Interval;
  /** Sessions of it. */
  readonly range: DateRange;
}

const epoch = sql`date '1970-01-01'`;
const seenMs = sql`(extract(epoch from observed_at) * 1000)::float8`;

/** What is stored of an instrument's sessions: bars, reasons why there is none, and silences not believed yet. */
export async function knownSessions(
  db: Database,
  { instrumentId, source, interval, range }: KnownQuery,
): Promise<KnownDays> {
  const layout = layoutOf(interval);
  const { rows } = await sql<{ day: number; state: string; seen: number }>`
    select distinct session_date - ${epoch} as day, 'traded' as state, 0::float8 as seen from ${sql.table(layout.table)} stored
    where instrument_id = ${instrumentId} and source = ${source} and ${isOwn(layout)}
      and session_date between ${range.from}::date and ${range.to}::date
    union all
    select session_date - ${epoch},
      case when not confirmed then 'suspected' when reason = 'not_listed' then 'unlisted' else 'quiet' end, ${seenMs}
    from market.bar_absences
    where instrument_id = ${instrumentId} and source = ${source} and interval = ${interval} and opens_at is null
      and session_date between ${range.from}::date and ${range.to}::date`.execute(db);
  const daysOf = (state: string) => new Set(rows.filter((row) => row.state === state).map(({ day }) => day));
  const suspected = rows.filter(({ state }) => state === 'suspected');
  return {
    traded: daysOf('traded'),
    quiet: daysOf('quiet'),
    unlisted: daysOf('unlisted'),
    suspected: new Map(suspected.map(({ day, seen }) => [day, seen])),
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
