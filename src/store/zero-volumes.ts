import { sql } from 'kysely';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { isOwn, layoutOf } from './bar-layout.ts';
import type { Database } from './database.ts';
import { repairedBy } from './findings.ts';

export const zeroVolumeRule = 'zero_volume';

interface SeriesKind {
  readonly source: SourceName;
  readonly interval: Interval;
}

/** The bars of a session whose prices have moved although no volume is stored with them. */
export interface StoredZeroVolume {
  readonly instrumentId: number;
  readonly session: SessionDate;
  readonly bars: number;
  readonly high: number;
  readonly low: number;
}

/** Those of the sessions, of one instrument each, that are stored with bars of a range and without a volume. */
export async function zeroVolumesOf(
  db: Database,
  { source, interval }: SeriesKind,
  sessions: readonly { readonly instrumentId: number; readonly session: SessionDate }[],
): Promise<readonly StoredZeroVolume[]> {
  if (sessions.length === 0) return [];
  const layout = layoutOf(interval);
  const { rows } = await sql<StoredZeroVolume>`
    select stored.instrument_id as "instrumentId", stored.session_date as session, count(*)::int as bars,
      max(stored.high) as high, min(stored.low) as low
    from ${sql.table(layout.table)} stored
    join (
      select distinct * from unnest(${sessions.map(({ instrumentId }) => instrumentId)}::int[],
        ${sessions.map(({ session }) => session)}::date[]) as came(id, session)
    ) came on came.id = stored.instrument_id and came.session = stored.session_date
    where stored.source = ${source} and ${isOwn(layout)} and stored.volume = 0 and stored.high > stored.low
    group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}

/** The instruments of which such bars are known. */
export async function instrumentsWithZeroVolumes(
  db: Database,
  { source, interval }: SeriesKind,
): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct instrument_id as id from market.quality_findings
    where rule = ${zeroVolumeRule} and status = 'open' and source = ${source} and interval = ${interval}
    order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Closes the open findings of instruments for sessions that have no such bar any more. */
export async function repairZeroVolumes(
  db: Database,
  { source, interval, runId }: SeriesKind & { readonly runId: string },
  instrumentIds: readonly number[],
): Promise<void> {
  if (instrumentIds.length === 0) return;
  const layout = layoutOf(interval);
  await sql`
    update market.quality_findings found set ${repairedBy(runId)}
    where found.rule = ${zeroVolumeRule} and found.status = 'open' and found.source = ${source}
      and found.interval = ${interval} and found.instrument_id = any(${instrumentIds}::int[])
      and not exists (select from ${sql.table(layout.table)} stored
        where stored.instrument_id = found.instrument_id and stored.source = ${source} and ${isOwn(layout)}
          and stored.session_date = found.range_start and stored.volume = 0 and stored.high > stored.low)`.execute(
    db,
  );
}
