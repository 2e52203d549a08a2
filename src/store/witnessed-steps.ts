import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';

/** A session of an instrument to which its close has made a step. */
export interface StepPlace {
  readonly instrumentId: number;
  readonly session: SessionDate;
}

/** How far a close is from the one before, as a quotient: of a source, and of another one whose bars are settled. */
export interface WitnessedStep extends StepPlace {
  readonly own: number;
  readonly other: number;
}

/** Calendar days in which the session before one lies. */
const daysBefore = 14;

/** The steps of a source to some sessions that another source has settled bars of, each as a quotient of closes. */
export async function witnessedSteps(
  db: Database,
  source: SourceName,
  places: readonly StepPlace[],
): Promise<readonly WitnessedStep[]> {
  if (places.length === 0) return [];
  const others = sourceNames.filter((name) => name !== source);
  const { rows } = await sql<WitnessedStep>`
    select place.id as "instrumentId", place.session, own.step as own, other.step as other
    from unnest(${places.map(({ instrumentId }) => instrumentId)}::int[],
      ${places.map(({ session }) => session)}::date[]) place(id, session)
    cross join unnest(${others}::text[]) witness
    cross join lateral (${stepOf(sql`${source}`)}) own
    cross join lateral (${stepOf(sql.ref('witness'))}) other
    where own.step > 0 and other.step > 0`.execute(db);
  return rows;
}

function stepOf(source: ReturnType<typeof sql>) {
  return sql`select step from (
      select bar.session_date, bar.settled, bar.close / lag(bar.close) over (order by bar.session_date) as step
      from market.adjusted_daily_bars(place.id, ${source}, place.session - ${daysBefore}::int, place.session, 'split') bar
    ) steps where steps.session_date = place.session and steps.settled`;
}
