import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Months of a source and interval: how many there are, and how many of them had other masks than what is stored says. */
export interface RebuiltCoverage {
  readonly months: number;
  readonly differed: number;
}

/**
 * Makes the masks of all months anew, a year at a time: who commits bars or absences meanwhile waits for one year, not for
 * all of them.
 */
export async function rebuildCoverage(db: Database): Promise<RebuiltCoverage> {
  let [months, differed] = [0, 0];
  for (const year of await storedYears(db)) {
    const { rows } = await sql<RebuiltCoverage>`
      select months::int, differed::int
      from market.rebuild_coverage(make_date(${year}, 1, 1), make_date(${year + 1}, 1, 1))`.execute(db);
    months += rows[0]?.months ?? 0;
    differed += rows[0]?.differed ?? 0;
  }
  return { months, differed };
}

/** The years from the first to the last of which there is a bar, an absence or a mask. */
async function storedYears(db: Database): Promise<readonly number[]> {
  const { rows } = await sql<{ year: number }>`
    select generate_series(date_part('year', min(first))::int, date_part('year', max(last))::int) as year from (
      select min(session_date) as first, max(session_date) as last from market.daily_bars
      union all select min(session_date), max(last_session) from market.bar_absences
      union all select min(month), max(month) from market.coverage_months) stored`.execute(db);
  return rows.map(({ year }) => year);
}
