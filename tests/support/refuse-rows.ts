import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import type { Store } from '../../src/store/database.ts';

export interface Refusal {
  readonly table: string;
  /** Which of its rows, called `new`, are refused. */
  readonly when: string;
  readonly state?: string;
  readonly event?: string;
}

/** Has the database refuse rows, until the function that is returned is called, or the test has ended. */
export async function refuseRows({ db }: Store, { table, when, state = '23514', event = 'insert' }: Refusal) {
  await sql
    .raw(
      `create function market.refuse_rows() returns trigger language plpgsql as $$ begin
        if ${when} then raise exception 'no room for this row' using errcode = '${state}'; end if; return new; end $$;
      create trigger refuse_rows before ${event} on ${table} for each row execute function market.refuse_rows()`,
    )
    .execute(db);
  const allow = async () => {
    await sql`drop function if exists market.refuse_rows cascade`.execute(db);
  };
  onTestFinished(allow);
  return allow;
}
