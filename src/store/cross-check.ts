import { sql } from 'kysely';
import type { DailyBar } from '../domain/bar.ts';
import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';
import type { Transaction } from './transaction.ts';

export interface SampledBar {
  readonly instrumentId: number;
  readonly symbol: string;
  readonly bar: DailyBar;
}

interface SampleWish {
  readonly source: SourceName;
  readonly sessions: readonly SessionDate[];
  readonly runId: string;
  readonly count: number;
}

/**
 * A sample of settled bars that came from whole-market answers: by a digest, so that the same run draws the same. Those
 * that the run has compared already are left out, and no more follow for them.
 */
export async function sampleMarketDayBars(
  db: Database,
  { source, sessions, runId, count }: SampleWish,
): Promise<readonly SampledBar[]> {
  const { rows } = await sql<DailyBar & { instrumentId: number; symbol: string }>`
    with compared as materialized (
      select instrument_id, session_date from market.endpoint_comparisons where run_id = ${runId}
    )
    select i.id as "instrumentId", i.symbol, b.session_date as session, open, high, low, close, volume, vwap, trades
    from market.daily_bars b join market.instruments i on i.id = b.instrument_id
    where b.source = ${source} and b.session_date = any(${sessions}::date[])
      and b.endpoint = 'market_day' and b.settled and i.active
      and not exists (select from compared c where c.instrument_id = i.id and c.session_date = b.session_date)
    order by md5(i.id || b.session_date::text || ${runId})
    limit greatest(0, ${count} - (select count(*) from compared))`.execute(db);
  return rows.map(({ instrumentId, symbol, ...bar }) => ({ instrumentId, symbol, bar }));
}

/** What a comparison came to: an answer that is none has failed. */
export type ComparisonOutcome = 'same' | 'differs' | 'failed';

/** Keeps what came of one comparison; false: an earlier attempt has done it. */
export async function noteComparison(
  tx: Transaction,
  runId: string,
  { instrumentId, bar: { session } }: SampledBar,
  outcome: ComparisonOutcome,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into market.endpoint_comparisons (run_id, instrument_id, session_date, outcome)
    values (${runId}, ${instrumentId}, ${session}, ${outcome}) on conflict do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

/** How many bars a run has compared, and how many of them differ or could not be. */
export async function countComparisons(
  db: Database,
  runId: string,
): Promise<{ readonly compared: number; readonly troubled: number }> {
  const { rows } = await sql<{ compared: number; troubled: number }>`
    select count(*)::int as compared, count(*) filter (where outcome <> 'same')::int as troubled
    from market.endpoint_comparisons where run_id = ${runId}`.execute(db);
  return rows[0] ?? { compared: 0, troubled: 0 };
}
