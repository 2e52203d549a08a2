import { sql } from 'kysely';
import type { IndicatorState } from '../domain/indicator-freshness.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

interface Row {
  readonly instrument_id: number;
  readonly parameters_version: string;
  readonly computed_from: SessionDate;
  readonly computed_through: SessionDate;
  readonly bars: number;
  readonly observed_sum: number;
  readonly basis_sum: number;
  readonly blocked_sum: number;
  readonly absences: number;
  readonly expected: number;
  readonly splits: string;
  readonly missing: number;
  readonly first_missing: SessionDate | null;
  readonly signs: Buffer | null;
  readonly extra_version: string | null;
  readonly extra_through: SessionDate | null;
}

const columns = sql`instrument_id, parameters_version, computed_from, computed_through, bars, observed_sum, basis_sum,
  blocked_sum, absences, expected, splits, missing, first_missing, extra_version, extra_through`;

function stateOf(row: Row): IndicatorState {
  const {
    bars,
    observed_sum: observedSum,
    basis_sum: basisSum,
    blocked_sum: blockedSum,
    absences,
    expected,
  } = row;
  return {
    digest: { bars, observedSum, basisSum, blockedSum, absences, expected },
    parametersVersion: row.parameters_version,
    computed: { from: row.computed_from, to: row.computed_through },
    signs: signsOf(row.signs),
    splits: row.splits,
    missing: row.missing,
    firstMissing: row.first_missing,
    extra: extraOf(row),
  };
}

function extraOf({ extra_version: version, extra_through: through }: Row): IndicatorState['extra'] {
  return version === null || through === null ? null : { version, through };
}

/** A copy: a buffer of the driver's is part of a larger one, and begins anywhere in it. */
function signsOf(bytes: Buffer | null): Int32Array {
  return bytes === null ? new Int32Array(0) : new Int32Array(Uint8Array.from(bytes).buffer);
}

/** What is known of series, their signs left out; a series that was never computed has no entry. */
export async function readStates(
  db: Database,
  source: SourceName,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, IndicatorState>> {
  const { rows } = await sql<Row>`
    select ${columns}, null as signs from market.indicator_states
    where source = ${source} and instrument_id = any(${instrumentIds}::int[]) and parameters_version is not null`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.instrument_id, stateOf(row)]));
}

/**
 * The same with the signs; until the transaction ends nobody else claims these series, so that two runs never write the
 * same rows at once.
 */
export async function claimStates(
  tx: Transaction,
  source: SourceName,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<number, IndicatorState>> {
  await sql`
    insert into market.indicator_states (instrument_id, source)
    select id, ${source} from unnest(${instrumentIds}::int[]) wanted(id) order by id on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<Row>`
    select ${columns}, signs from market.indicator_states
    where source = ${source} and instrument_id = any(${instrumentIds}::int[])
    order by instrument_id for update`.execute(tx);
  const computed = rows.filter((row) => (row.parameters_version as string | null) !== null);
  return new Map(computed.map((row) => [row.instrument_id, stateOf(row)]));
}

/** Keeps what series were computed from, inside the transaction that claimed them. */
export async function saveStates(
  tx: Transaction,
  { source, runId }: { readonly source: SourceName; readonly runId: string },
  states: ReadonlyMap<number, IndicatorState>,
): Promise<void> {
  let bytes = 0;
  const rows = [...states].map(([instrumentId, { digest, computed, signs, extra, ...state }]) => {
    const [first, length] = [bytes + 1, signs.byteLength];
    bytes += length;
    return {
      instrument_id: instrumentId,
      ...digest,
      ...state,
      from: computed.from,
      to: computed.to,
      ...(extra && { extraVersion: extra.version, extraThrough: extra.through }),
      first,
      length,
    };
  });
  const signs = [...states.values()].map(({ signs: { buffer, byteOffset, byteLength } }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  await sql`
    update market.indicator_states known set parameters_version = s."parametersVersion", computed_from = s."from",
      computed_through = s."to", bars = s.bars, observed_sum = s."observedSum", basis_sum = s."basisSum",
      blocked_sum = s."blockedSum",
      absences = s.absences, expected = s.expected, splits = s.splits, missing = s.missing,
      first_missing = s."firstMissing", extra_version = s."extraVersion", extra_through = s."extraThrough", run_id = ${runId}, computed_at = now(),
      signs = substring(${Buffer.concat(signs)}::bytea from s.first for s.length)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(instrument_id int, "parametersVersion" text,
      "from" date, "to" date, bars int, "observedSum" float8, "basisSum" float8, "blockedSum" float8, absences int, expected int, splits text,
      missing int, "firstMissing" date, "extraVersion" text, "extraThrough" date, first int, length int)
    where known.source = ${source} and known.instrument_id = s.instrument_id`.execute(tx);
}
