import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { sources, type SourceName } from '../domain/source.ts';
import { unknownBasis } from '../domain/split-basis.ts';
import { isOwn, keyList, opensAt, type BarLayout } from './bar-layout.ts';
import type { Transaction } from './transaction.ts';

/** Which rows may change: those that a source's staged bars stand for, between two sessions. */
interface Revising {
  readonly source: SourceName;
  readonly runId: string;
  readonly layout: BarLayout;
  readonly first: SessionDate;
  readonly last: SessionDate;
}

/** What became of the rows of one instrument that were there already. */
interface Revised {
  readonly instrumentId: number;
  readonly revised: number;
  readonly settled: number;
}

interface Noted extends Revised {
  /** Whether rows are among them that say something else now, and such as do not. */
  readonly other: boolean;
  readonly same: boolean;
}

/** Brings rows that were there already up to date, earlier values kept; says what changed, by instrument. */
export async function reviseStored(tx: Transaction, revising: Revising): Promise<readonly Revised[]> {
  const noted = await noteRevisions(tx, revising);
  if (noted.some(({ other }) => other)) await replaceTold(tx, revising);
  if (noted.some(({ same }) => same)) await settleSame(tx, revising);
  return noted;
}

const columns = sql`instrument_id, source, session_date, open, high, low, close, volume, vwap, trades, settled,
  endpoint, split_basis, run_id, observed_at, known_from`;

/** When a row was told last. */
const lastTold = (row: string) =>
  sql`coalesce(${sql.ref(`${row}.seen_at`)}, ${sql.ref(`${row}.observed_at`)})`;

/** No volume at all is a lapse of the source, where a settled bar has one and its prices have moved. */
const keepsVolume = sql`(incoming.volume = 0 and stored.volume > 0 and stored.settled and stored.high > stored.low)`;

/** The values of the volume that a row gets. */
const volumeValues = {
  volume: sql`case when ${keepsVolume} then stored.volume else incoming.volume end`,
  vwap: sql`case when ${keepsVolume} then stored.vwap else incoming.vwap end`,
  trades: sql`case when ${keepsVolume} then stored.trades else incoming.trades end`,
};

const differExactly = sql`
  (stored.open, stored.high, stored.low, stored.close, stored.volume, stored.vwap, stored.trades) is distinct from
  (incoming.open, incoming.high, incoming.low, incoming.close,
    ${volumeValues.volume}, ${volumeValues.vwap}, ${volumeValues.trades})`;

/** Numbers of 32 bits are the same up to their last bit. */
const differInFloat32 = sql`not (
  abs(stored.open - incoming.open) <= 2.384185791015625e-7 * abs(incoming.open)
  and abs(stored.high - incoming.high) <= 2.384185791015625e-7 * abs(incoming.high)
  and abs(stored.low - incoming.low) <= 2.384185791015625e-7 * abs(incoming.low)
  and abs(stored.close - incoming.close) <= 2.384185791015625e-7 * abs(incoming.close)
  and (${keepsVolume} or abs(stored.volume - incoming.volume) <= 2.384185791015625e-7 * abs(incoming.volume)))`;

const differ = (source: SourceName) =>
  sources[source].numbers === 'float32' ? differInFloat32 : differExactly;

/** Whether nobody can tell how far the prices of a row are adjusted. */
const isUnknown = (row: string) =>
  sql`${sql.ref(`${row}.split_basis`)} is not distinct from ${unknownBasis}::date`;

/** The same numbers under another basis are other prices where a split lies between: the older judgement was wrong. */
const meanOther = sql`(stored.split_basis is distinct from incoming.split_basis and exists (
  select from market.corporate_actions split
  where split.instrument_id = stored.instrument_id and split.ratio is not null
    and split.status in ('effective', 'pending', 'announced') and split.ex_date > stored.session_date
    and split.ex_date > least(stored.split_basis, incoming.split_basis)
    and split.ex_date <= greatest(stored.split_basis, incoming.split_basis)))`;

/** Whether what comes in says something else than the row: other values, or known ones where they were not. */
const saysOther = (source: SourceName) => sql`(${differ(source)} or ${meanOther}
  or (${isUnknown('stored')} and not ${isUnknown('incoming')}))`;

/**
 * A stored row and what comes for it. An older observation never replaces a newer one, nor prices of unknown basis known
 * ones, and settled stays settled. A volume that is kept is of the basis of its prices. The range spares the partitions
 * outside of it.
 */
const pair = ({ source, layout, first, last }: Revising) => sql`
  stored.source = ${source} and ${isOwn(layout)}
  and stored.instrument_id = incoming.instrument_id
  and (${keyList(layout, 'stored')}) = (${keyList(layout, 'incoming')})
  and stored.session_date between ${first}::date and ${last}::date
  and ${lastTold('stored')} <= incoming.observed_at
  and (${isUnknown('stored')} or not ${isUnknown('incoming')})
  and not (${keepsVolume} and stored.split_basis is distinct from incoming.split_basis)`;

/** It says something else, or settles the row, or nobody can tell yet what the row means. */
const isDue = (source: SourceName) =>
  sql`(${saysOther(source)} or (incoming.settled and not stored.settled) or ${isUnknown('stored')})`;

/**
 * Prices under another split basis are compared in the basis of what comes in: a change of basis alone is no revision. Locked
 * in one order, so that two writers of the same bars wait for each other instead of deadlocking.
 */
async function noteRevisions(tx: Transaction, revising: Revising): Promise<readonly Noted[]> {
  const { source, runId, layout } = revising;
  const { rows } = await sql<Noted>`
    with locked as (
      select stored.*, ${opensAt(layout, 'stored')} as at, ${differ(source)} as changed, ${saysOther(source)} as other,
        incoming.observed_at as replaced_at, incoming.settled and not stored.settled as settles,
        incoming.split_basis as new_basis, incoming.open as new_open, incoming.high as new_high,
        incoming.low as new_low, incoming.close as new_close
      from ${sql.table(layout.table)} stored join ${sql.table(layout.staging)} incoming
        on ${pair(revising)} and ${isDue(source)}
      order by ${keyList(layout, 'stored')}, stored.instrument_id
      for update of stored
    ), due as (
      select locked.*, not ${isUnknown('locked')} and case when split_basis is not distinct from new_basis then changed else (
          select changed and ratio = 1 or not (
            abs(open * ratio - new_open) <= 1e-5 * abs(new_open)
            and abs(high * ratio - new_high) <= 1e-5 * abs(new_high)
            and abs(low * ratio - new_low) <= 1e-5 * abs(new_low)
            and abs(close * ratio - new_close) <= 1e-5 * abs(new_close))
          from (select market.basis_change(instrument_id, session_date, split_basis, new_basis) as ratio) change
        ) end as revised
      from locked
    ), noted as (
      insert into market.bar_revisions (interval, opens_at, ${columns}, replaced_at, replaced_by)
      select ${layout.interval}, at, ${columns}, replaced_at, ${runId} from due where revised
      on conflict do nothing
    )
    select instrument_id as "instrumentId", count(*) filter (where revised)::int as revised,
      count(*) filter (where not revised and settles)::int as settled, bool_or(other) as other, bool_or(not other) as same
    from due group by instrument_id`.execute(tx);
  return rows;
}

async function replaceTold(tx: Transaction, revising: Revising): Promise<void> {
  const { source, runId, layout } = revising;
  await sql`
    update ${sql.table(layout.table)} stored set
      open = incoming.open, high = incoming.high, low = incoming.low, close = incoming.close,
      volume = ${volumeValues.volume}, vwap = ${volumeValues.vwap}, trades = ${volumeValues.trades},
      settled = stored.settled or incoming.settled, endpoint = incoming.endpoint,
      split_basis = incoming.split_basis, run_id = ${runId}, observed_at = incoming.observed_at,
      seen_at = null, settled_at = null
    from ${sql.table(layout.staging)} incoming where ${pair(revising)} and ${saysOther(source)}`.execute(tx);
}

/** What is told again stays as it was told first. */
async function settleSame(tx: Transaction, revising: Revising): Promise<void> {
  const { source, layout } = revising;
  await sql`
    update ${sql.table(layout.table)} stored set
      settled = stored.settled or incoming.settled, seen_at = incoming.observed_at,
      settled_at = case when incoming.settled and not stored.settled then stamp.instant else stored.settled_at end
    from ${sql.table(layout.staging)} incoming, (select market.stamp() as instant) stamp
    where ${pair(revising)} and ${isDue(source)} and not ${saysOther(source)}`.execute(tx);
}
