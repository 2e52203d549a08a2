import { sql } from 'kysely';
import type { AbsenceRow, Teller } from '../domain/absence-rows.ts';
import { dateOfDayNumber, dayNumber } from '../domain/date-range.ts';
import { longestClosure, type SessionDate } from '../domain/session.ts';
import { isOwn, layoutOf } from './bar-layout.ts';
import type { BarOrigin } from './bars/incoming-bars.ts';
import { jsonOf } from './json.ts';
import type { Transaction } from './transaction.ts';

/** Days since 1970-01-01, both included. */
export interface Extent {
  readonly first: number;
  readonly last: number;
}

/** The rows of an instrument that go, and those that come. */
export interface ChangedRows {
  readonly instrumentId: number;
  readonly gone: readonly AbsenceRow[];
  readonly come: readonly AbsenceRow[];
}

const epoch = sql`date '1970-01-01'`;

/** The ranges that lie within days, or may border on them across a closure, by instrument, oldest first. */
export async function rowsNear(
  tx: Transaction,
  { source, interval }: BarOrigin,
  { instrumentIds, first, last }: Extent & { readonly instrumentIds: readonly number[] },
): Promise<ReadonlyMap<number, readonly AbsenceRow[]>> {
  const { rows } = await sql<StoredRow>`
    select instrument_id as id, session_date - ${epoch} as first, last_session - ${epoch} as last, reason, confirmed,
      run_id as "runId", observed_at as "observedAt", tellers
    from market.bar_absences
    where instrument_id = any(${instrumentIds}::int[]) and source = ${source} and interval = ${interval}
      and opens_at is null and session_date <= ${dateOfDayNumber(last + longestClosure)}::date
      and last_session >= ${dateOfDayNumber(first - longestClosure)}::date
    order by instrument_id, session_date`.execute(tx);
  const found = rows.map((row) => ({ id: row.id, row: absenceRow(row) }));
  const byId = Map.groupBy(found, ({ id }) => id);
  return new Map(Array.from(byId, ([id, theirs]) => [id, theirs.map(({ row }) => row)]));
}

interface StoredRow extends Omit<AbsenceRow, 'tellers'> {
  readonly id: number;
  readonly runId: string;
  readonly observedAt: Date;
  readonly tellers: readonly StoredTeller[] | null;
}

/** The table has dates for people to read. */
type StoredTeller = Omit<Teller, 'from'> & { readonly from: SessionDate };

function absenceRow({ first, last, reason, confirmed, runId, observedAt, tellers }: StoredRow): AbsenceRow {
  const only = { from: first, runId, observedAt: observedAt.toISOString() };
  return { first, last, reason, confirmed, tellers: tellers?.map(tellerOf) ?? [only] };
}

/** Its fields in the order in which they are compared: `jsonb` has its own. */
function tellerOf({ from, runId, observedAt }: StoredTeller): Teller {
  return { from: dayNumber(from), runId, observedAt };
}

/** Lets nobody else write absences of instruments until the transaction ends; always in one order. */
export async function lockInstruments(tx: Transaction, instrumentIds: readonly number[]): Promise<void> {
  await sql`select from market.instruments where id = any(${instrumentIds}::int[])
    order by id for no key update`.execute(tx);
}

/** The days within extents of which a bar is stored. */
export async function daysWithBar(
  tx: Transaction,
  { source, interval }: BarOrigin,
  extents: readonly (Extent & { readonly instrumentId: number })[],
): Promise<readonly { readonly instrumentId: number; readonly day: number }[]> {
  const layout = layoutOf(interval);
  const { rows } = await sql<{ instrumentId: number; day: number }>`
    select distinct stored.instrument_id as "instrumentId", stored.session_date - ${epoch} as day
    from unnest(${extents.map(({ instrumentId }) => instrumentId)}::int[],
        ${extents.map(({ first }) => dateOfDayNumber(first))}::date[],
        ${extents.map(({ last }) => dateOfDayNumber(last))}::date[]) as told(id, first, last)
      join ${sql.table(layout.table)} stored on stored.instrument_id = told.id
        and stored.session_date between told.first and told.last
    where stored.source = ${source} and ${isOwn(layout)}`.execute(tx);
  return rows;
}

/** Puts rows in the place of others. */
export async function replaceRows(
  tx: Transaction,
  { source, interval }: BarOrigin,
  changed: readonly ChangedRows[],
): Promise<void> {
  const gone = changed.flatMap(({ instrumentId, gone }) =>
    gone.map(({ first }) => ({ instrumentId, first })),
  );
  await sql`
    delete from market.bar_absences absence
    using unnest(${gone.map(({ instrumentId }) => instrumentId)}::int[],
      ${gone.map(({ first }) => dateOfDayNumber(first))}::date[]) as gone(id, first)
    where absence.instrument_id = gone.id and absence.source = ${source} and absence.interval = ${interval}
      and absence.session_date = gone.first and absence.opens_at is null`.execute(tx);
  const come = changed.flatMap(({ instrumentId, come }) => come.map((row) => tableRow(instrumentId, row)));
  await sql`
    insert into market.bar_absences (instrument_id, source, interval, session_date, last_session, reason, confirmed,
      run_id, observed_at, tellers)
    select id, ${source}, ${interval}, first, last, reason, confirmed, "runId", "observedAt", tellers
    from jsonb_to_recordset(${jsonOf(come)}::jsonb) as come(id int, first date, last date, reason text,
      confirmed boolean, "runId" uuid, "observedAt" timestamptz, tellers jsonb)
    order by id, first`.execute(tx);
}

/** As the table has it: of several who told it, the last one in columns of his own. */
function tableRow(id: number, { first, last, reason, confirmed, tellers }: AbsenceRow) {
  const latest = tellers.reduce((a, b) => (Date.parse(b.observedAt) >= Date.parse(a.observedAt) ? b : a));
  return {
    ...{ id, first: dateOfDayNumber(first), last: dateOfDayNumber(last), reason, confirmed },
    ...{ runId: latest.runId, observedAt: latest.observedAt },
    tellers:
      tellers.length === 1 ? null : tellers.map((one) => ({ ...one, from: dateOfDayNumber(one.from) })),
  };
}
