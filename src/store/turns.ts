import { sql } from 'kysely';
import type { Lane } from '../domain/lane.ts';
import type { Database } from './database.ts';

/** Work that several may want at once, and who wants it. */
export interface TurnWish {
  /** What is done, for all that want it. */
  readonly name: string;
  /** The run that wants it; again it is no other. */
  readonly holder: string;
  readonly lane: Lane;
  /** What was brought to its end since then, ISO 8601, need not be done again; null: it has to be, whoever did it. */
  readonly since: string | null;
}

/** Whose a turn is: ours; or another's, for so long unless it goes on; or it was done since. */
export type TurnState = 'ours' | 'done' | { readonly busyMs: number };

/** Takes the turn unless another holds it; what is urgent waits for nobody who is not. */
export async function takeTurn(
  db: Database,
  { name, holder, lane, since }: TurnWish,
  forMs: number,
): Promise<TurnState> {
  const until = sql`clock_timestamp() + ${forMs} * interval '1 ms'`;
  const isDone = sql<boolean>`coalesce(turn.done_at >= ${since}::timestamptz, false)`;
  const taken = await sql`
    insert into market.turns as turn (name, holder, lane, held_until) values (${name}, ${holder}, ${lane}, ${until})
    on conflict (name) do update set holder = excluded.holder, lane = excluded.lane, held_until = excluded.held_until
    where not ${isDone} and (turn.holder = excluded.holder or turn.held_until <= clock_timestamp()
      or turn.lane <> 'live' and excluded.lane = 'live')
    returning name`.execute(db);
  if (taken.rows.length > 0) return 'ours';
  const { rows } = await sql<{ done: boolean; busyMs: number }>`
    select ${isDone} as done, greatest(0, extract(epoch from held_until - clock_timestamp()) * 1000)::float8 as "busyMs"
    from market.turns turn where name = ${name}`.execute(db);
  const [turn] = rows;
  return turn?.done === true ? 'done' : { busyMs: turn?.busyMs ?? 0 };
}

/** Says that work goes on for so long; nothing where another has it by now. */
export async function keepTurn(db: Database, { name, holder }: TurnKey, forMs: number): Promise<void> {
  await sql`update market.turns set held_until = clock_timestamp() + ${forMs} * interval '1 ms'
    where name = ${name} and holder = ${holder}`.execute(db);
}

type TurnKey = Pick<TurnWish, 'name' | 'holder'>;

/** Lets go of a turn; done: others that wait need not do it again. */
export async function endTurn(
  db: Database,
  { name, holder }: TurnKey,
  { done }: { readonly done: boolean },
): Promise<void> {
  await sql`update market.turns set held_until = clock_timestamp(),
    done_at = case when ${done}::boolean then clock_timestamp() else done_at end
    where name = ${name} and holder = ${holder}`.execute(db);
}
