import { sql } from 'kysely';
import type { QualityRule } from '../domain/quality-rule.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { instantText } from './as-of.ts';
import type { Database } from './database.ts';

interface SettledBars {
  readonly instrumentIds: readonly number[];
  readonly source: SourceName;
}

interface Prices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What is told of them: nothing else has been found of those. */
export const changeRules = ['withdrawn', 'late_revision'] as const satisfies readonly QualityRule[];

/** Of what becomes of a bar these say nothing: the adjusted close is no part of it. */
const tellingNothing: readonly QualityRule[] = [...changeRules, 'adjusted_close'];

/** A settled daily bar that is another one now, or is gone (`now` is null). Both are in the shares that its source tells. */
export interface ChangedBar {
  readonly instrumentId: number;
  readonly session: SessionDate;
  readonly was: Prices;
  readonly now: Prices | null;
  /** Until when it was known, ISO 8601. */
  readonly until: string;
}

const pricesOf = (bar: string) =>
  sql.raw(`jsonb_build_object('open', ${bar}.open, 'high', ${bar}.high, 'low', ${bar}.low, 'close', ${bar}.close,
    'volume', ${bar}.volume)`);

/** Another number for certain: a source of 32 bits tells the same one differently. */
const isAnother = (field: string) =>
  sql.raw(`abs(was.${field} - bar.${field}) > 1e-6 * greatest(abs(was.${field}), abs(bar.${field}))`);

/**
 * The settled daily bars of instruments of which a price has changed since, or that are gone; of several changes the
 * last, by instrument and session. Prices under another split are the same prices, what was moved to another instrument
 * is not gone, and of a bar that another finding is of, that one tells.
 */
export async function changedBars(
  db: Database,
  { instrumentIds, source }: SettledBars,
): Promise<readonly ChangedBar[]> {
  const { rows } = await sql<ChangedBar>`
    select distinct on (was.instrument_id, was.session_date) was.instrument_id as "instrumentId",
      was.session_date as session, ${pricesOf('was')} as was,
      case when bar.instrument_id is not null then ${pricesOf('bar')} end as now,
      ${instantText(sql.ref('was.known_until'))} as until
    from market.daily_bar_versions was left join market.daily_bars bar on bar.instrument_id = was.instrument_id
      and bar.source = was.source and bar.session_date = was.session_date
    where was.instrument_id = any(${instrumentIds}::int[]) and was.source = ${source} and was.settled
      and case when bar.instrument_id is null then not exists (
          select from market.daily_bars moved where moved.source = was.source and moved.session_date = was.session_date
            and moved.close = was.close and moved.volume = was.volume and moved.open = was.open)
        else bar.split_basis is not distinct from was.split_basis
          and (${isAnother('open')} or ${isAnother('high')} or ${isAnother('low')} or ${isAnother('close')}) end
      and not exists (select from market.quality_findings told where told.instrument_id = was.instrument_id
        and told.source = was.source and told.interval = '1d' and told.rule <> all(${tellingNothing}::text[])
        and was.session_date between told.range_start and told.range_end)
    order by was.instrument_id, was.session_date, was.known_until desc`.execute(db);
  return rows;
}
