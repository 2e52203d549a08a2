import { sql } from 'kysely';
import type { CorporateAction } from '../domain/corporate-action.ts';
import type { DateRange } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import { rowsAsOf, type AsOf } from './as-of.ts';
import type { Database } from './database.ts';
import {
  incomingRows,
  revises,
  saysLess,
  tellsMore,
  toldOn,
  type IncomingAction,
} from './incoming-actions.ts';
import type { ActionStatus } from './schema.ts';
import type { SourceName } from '../domain/source.ts';
import type { Transaction } from './transaction.ts';

/**
 * An action as stored, with the ex-date that it counts from; `amount` is cash per share as of then, by the splits that
 * count.
 */
export interface StoredAction extends CorporateAction {
  /** The ex-date that its source tells. */
  readonly toldOn: SessionDate;
  readonly id: number;
  readonly instrumentId: number;
  readonly source: SourceName;
  readonly status: ActionStatus;
  readonly reason: string | null;
  /** In shares of `amountBasis`, as the source told it. */
  readonly toldAmount: number | null;
  /** ISO 8601. */
  readonly observedAt: string;
}

const same = (source: SourceName) => sql`known.source = ${source} and (
  (incoming.provider_id is not null and known.provider_id = incoming.provider_id)
  or (incoming.provider_id is null and known.provider_id is null and known.instrument_id = incoming.instrument_id
    and known.kind = incoming.kind and ${toldOn('known')} = incoming.ex_date
    and known.dividend_type is not distinct from incoming.dividend_type))`;

/** So many that two runs seldom meet, so few that those of a whole market fit into the server's table of locks. */
const locks = 256;
/** Sets these locks apart from any others of the database. */
const lockSpace = 0x0ac710;

/**
 * Holds the actions of instruments against everybody else who writes or judges them, until the transaction ends; taken
 * in one order, so that no two wait for each other. What is read from then on is what the last one has committed.
 */
export async function lockActions(tx: Transaction, instrumentIds: readonly number[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockSpace}::int, lock) from (
    select distinct id % ${locks}::int as lock from unnest(${instrumentIds}::int[]) id order by lock) locks`.execute(
    tx,
  );
}

/** The instruments that a source's records stand at: a provider's record may have been another one's until now. */
async function instrumentsConcerned(
  tx: Transaction,
  source: SourceName,
  actions: readonly IncomingAction[],
): Promise<readonly number[]> {
  const told = actions.map(({ instrumentId }) => instrumentId);
  const providerIds = actions.flatMap(({ providerId }) => providerId ?? []);
  if (providerIds.length === 0) return told;
  const { rows } = await sql<{ id: number }>`
    select distinct instrument_id as id from market.corporate_actions
    where source = ${source} and provider_id = any(${providerIds}::text[])`.execute(tx);
  return [...told, ...rows.map(({ id }) => id)];
}

/**
 * Writes what a source tells of corporate actions: new ones as pending, changed ones with their earlier values kept.
 * Returns the ids of instruments with anything new or changed.
 */
export async function writeActions(
  tx: Transaction,
  { source, runId }: { readonly source: SourceName; readonly runId: string },
  actions: readonly IncomingAction[],
): Promise<readonly number[]> {
  if (actions.length === 0) return [];
  await lockActions(tx, await instrumentsConcerned(tx, source, actions));
  const incoming = incomingRows(actions);
  const changed = await sql<{ instrument_id: number }>`
    with incoming as materialized (${incoming}), due as (
      select known.id, ${toldOn('known')} as old_date, known.ratio as old_ratio, known.amount as old_amount,
        known.observed_at as old_observed_at, known.known_from as old_known_from, (${revises}) as revised, incoming.*
      from market.corporate_actions known join incoming on ${same(source)}
      where known.observed_at <= incoming.observed_at and (${revises} or ${tellsMore}) and not ${saysLess}
      order by known.id for update of known
    ), noted as (
      insert into market.corporate_action_revisions (action_id, ex_date, ratio, amount, observed_at, replaced_at,
        replaced_by, known_from)
      select id, old_date, old_ratio, old_amount, old_observed_at, observed_at, ${runId}, old_known_from from due where revised
      on conflict do nothing
    )
    update market.corporate_actions known set ex_date = due.ex_date, told_on = null, kind = due.kind, ratio = due.ratio,
      amount = due.paid, told_amount = due.amount, amount_basis = due.amount_basis, adjusted_amount = due.adjusted_amount,
      currency = due.currency, dividend_type = due.dividend_type, frequency = due.frequency,
      declared_on = due.declared_on, record_on = due.record_on, pay_on = due.pay_on, observed_at = due.observed_at,
      run_id = ${runId}, status = 'pending', reason = null
    from due where known.id = due.id returning known.instrument_id`.execute(tx);
  const added = await sql<{ instrument_id: number }>`
    with incoming as (${incoming})
    insert into market.corporate_actions (instrument_id, source, provider_id, ticker, kind, ex_date, ratio, amount, told_amount,
      amount_basis, adjusted_amount, currency, dividend_type, frequency, declared_on, record_on, pay_on, status, run_id,
      observed_at, first_observed_at)
    select instrument_id, ${source}, provider_id, ticker, kind, ex_date, ratio, paid, amount, amount_basis, adjusted_amount,
      currency, dividend_type, frequency, declared_on, record_on, pay_on, 'pending', ${runId}, observed_at, observed_at
    from incoming where not exists (select from market.corporate_actions known where ${same(source)})
    on conflict do nothing returning instrument_id`.execute(tx);
  return [...new Set([...changed.rows, ...added.rows].map(({ instrument_id }) => instrument_id))];
}

/** Every source's actions of instruments as known at an instant, or now; one instrument after another, oldest first. */
export async function storedActions(
  db: Database,
  instrumentIds: readonly number[],
  asOf?: AsOf,
): Promise<readonly StoredAction[]> {
  const { rows } = await sql<Omit<StoredAction, 'observedAt'> & { readonly observedAt: Date }>`
    select id, instrument_id as "instrumentId", source, kind, ex_date as "exDate",
      coalesce(told_on, ex_date) as "toldOn", ratio, amount, currency,
      told_amount as "toldAmount", amount_basis as "amountBasis", adjusted_amount as "adjustedAmount",
      dividend_type as "dividendType", frequency, provider_id as "providerId", declared_on as "declaredOn",
      record_on as "recordOn", pay_on as "payOn", status, reason, observed_at as "observedAt"
    from ${rowsAsOf('corporate_actions', 'corporate_action', asOf)} action
    where instrument_id = any(${instrumentIds}::int[]) order by instrument_id, ex_date, id`.execute(db);
  return rows.map(({ observedAt, ...action }) => ({ ...action, observedAt: observedAt.toISOString() }));
}

interface ActionVerdict {
  readonly id: number;
  readonly status: ActionStatus;
  readonly reason: string | null;
  /** The day that it counts from; unset: the one that is told. */
  readonly exDate?: SessionDate;
  readonly shown?: boolean;
}

/** Records what was judged of actions; what is so already is not touched. */
export async function recordVerdicts(db: Database, verdicts: readonly ActionVerdict[]): Promise<void> {
  if (verdicts.length === 0) return;
  await sql`update market.corporate_actions a set status = v.status, reason = v.reason,
      ex_date = coalesce(v."exDate", told), told_on = nullif(told, coalesce(v."exDate", told)),
      shown = coalesce(v.shown, false)
    from jsonb_to_recordset(${JSON.stringify(verdicts)}::jsonb)
      as v(id bigint, status text, reason text, "exDate" date, shown boolean)
    cross join lateral (select ${toldOn('own')} as told from market.corporate_actions own where own.id = v.id) own
    where a.id = v.id and (a.status, a.reason, a.ex_date, a.shown)
      is distinct from (v.status, v.reason, coalesce(v."exDate", told), coalesce(v.shown, false))`.execute(
    db,
  );
}

/** Records what payments come to in shares of their ex-dates; by a split alone, which revises nothing that was told. */
export async function recordAmounts(
  db: Database,
  amounts: readonly { readonly id: number; readonly amount: number }[],
): Promise<void> {
  if (amounts.length === 0) return;
  await sql`update market.corporate_actions a set amount = v.amount
    from jsonb_to_recordset(${JSON.stringify(amounts)}::jsonb) as v(id bigint, amount float8)
    where a.id = v.id and not coalesce(abs(a.amount - v.amount) <= 1e-12 * abs(v.amount), false)`.execute(db);
}

/**
 * Instruments whose actions wait for prices or for their day, or had their day so recently that sources may be late, or
 * count although no prices as traded have shown them.
 */
export async function instrumentsToJudge(db: Database, since: SessionDate): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct instrument_id as id from market.corporate_actions
    where status in ('pending', 'announced', 'disputed') or ex_date >= ${since}
      or (status = 'effective' and ratio is not null and not shown)`.execute(db);
  return rows.map(({ id }) => id);
}

/** The instrument, where splits of it wait for prices. */
export async function unsettledSplits(db: Database, instrumentId: number): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct instrument_id as id from market.corporate_actions
    where instrument_id = ${instrumentId} and ratio is not null
      and status in ('pending', 'announced', 'disputed')`.execute(db);
  return rows.map(({ id }) => id);
}

/** A record of a split or spin-off, and how it stands. */
export interface SplitRecord {
  readonly exDate: SessionDate;
  readonly ratio: number;
  readonly status: ActionStatus;
}

/** Whether a split counts, or may come to. */
export function mayCount({ status }: SplitRecord): boolean {
  return status === 'effective' || status === 'pending' || status === 'announced';
}

/** All records of splits of an instrument, by the day that they count from. */
export async function splitRecords(db: Database, instrumentId: number): Promise<readonly SplitRecord[]> {
  const { rows } = await sql<SplitRecord>`
    select ex_date as "exDate", ratio, status from market.corporate_actions
    where instrument_id = ${instrumentId} and ratio is not null order by ex_date, id`.execute(db);
  return rows;
}

/** What of a source's market-wide actions has been read, and when last. */
export interface ActionsSynced extends DateRange {
  readonly completedAt: Date;
  /** When all its splits were read the last time, from the first stored bar on. */
  readonly splitsReadAt: Date | null;
}

/** Null before the first time. */
export async function actionsSynced(db: Database, source: SourceName): Promise<ActionsSynced | null> {
  const { rows } = await sql<ActionsSynced>`
    select synced_from as "from", synced_through as "to", completed_at as "completedAt",
      splits_read_at as "splitsReadAt"
    from market.action_syncs where source = ${source}`.execute(db);
  return rows[0] ?? null;
}

/** Notes that a source's actions of a range have been read, beside those read before; ISO 8601. */
export async function noteActionsSynced(
  db: Database,
  source: SourceName,
  { range, allSplits, completedAt }: { range: DateRange; allSplits: boolean; completedAt: string },
): Promise<void> {
  await sql`insert into market.action_syncs as known
      (source, synced_from, synced_through, completed_at, splits_read_at)
    values (${source}, ${range.from}::date, ${range.to}::date, ${completedAt}, ${allSplits ? completedAt : null})
    on conflict (source) do update set synced_from = least(known.synced_from, excluded.synced_from),
      synced_through = greatest(known.synced_through, excluded.synced_through), completed_at = greatest(known.completed_at, excluded.completed_at),
      splits_read_at = coalesce(excluded.splits_read_at, known.splits_read_at)`.execute(db);
}
