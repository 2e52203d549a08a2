import { sql } from 'kysely';
import type { DailyBar } from '../domain/bar.ts';
import type { SessionDate } from '../domain/session.ts';
import type { Database } from './database.ts';
import type { SourceName } from '../domain/source.ts';

export interface SampledBar {
  readonly symbol: string;
  readonly bar: DailyBar;
}

/** A sample of settled bars that came from whole-market answers: by a digest, so that the same run draws the same. */
export async function sampleMarketDayBars(
  db: Database,
  sample: {
    readonly source: SourceName;
    readonly sessions: readonly SessionDate[];
    readonly runId: string;
    readonly count: number;
  },
): Promise<readonly SampledBar[]> {
  const { rows } = await sql<DailyBar & { symbol: string }>`
    select i.symbol, b.session_date as session, open, high, low, close, volume, vwap, trades
    from market.daily_bars b join market.instruments i on i.id = b.instrument_id
    where b.source = ${sample.source} and b.session_date = any(${sample.sessions}::date[])
      and b.endpoint = 'market_day' and b.settled and i.active
    order by md5(i.id || b.session_date::text || ${sample.runId}) limit ${sample.count}`.execute(db);
  return rows.map(({ symbol, ...bar }) => ({ symbol, bar }));
}
