import { sql } from 'kysely';
import type { DateRange } from '../domain/date-range.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** Keeps the market's scores of days (since 1970-01-01), in place of those that are there. */
export async function saveMarketScores(
  db: Database,
  source: SourceName,
  scores: ReadonlyMap<number, number>,
): Promise<void> {
  await sql`
    insert into market.market_scores as known (source, session_date, score)
    select ${source}, date '1970-01-01' + day, score
    from unnest(${[...scores.keys()]}::int[], ${[...scores.values()]}::float8[]) scored(day, score)
    on conflict (source, session_date) do update set score = excluded.score where known.score <> excluded.score`.execute(
    db,
  );
}

/** The market's scores of a range, by day; a day of which nobody knows has none. */
export async function readMarketScores(
  db: Database,
  source: SourceName,
  { from, to }: DateRange,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ day: number; score: number }>`
    select session_date - date '1970-01-01' as day, score from market.market_scores
    where source = ${source} and session_date between ${from}::date and ${to}::date`.execute(db);
  return new Map(rows.map(({ day, score }) => [day, score]));
}
