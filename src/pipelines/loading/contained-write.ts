import { sql } from 'kysely';
import { count } from '../../metrics/measuring.ts';
import type { Store } from '../../store/database.ts';
import { transaction } from '../../store/transaction.ts';
import { failingAlone, lastingErrorOf } from '../containment/failing-alone.ts';
import { writeRefusal } from '../containment/lasting-cause.ts';
import type { Loaded } from './load-outcomes.ts';
import { allRefused, ofInstruments, withoutInstruments } from './refused-loads.ts';
import { writeLoaded, type WriteOrigin } from './write-loaded.ts';

/**
 * Writes what requests brought in one transaction. Where that fails for good, in one for each half of them, down to the
 * loads that cause it: these fail with the cause, the others are stored. Throws what may pass, and what the ledger itself
 * fails with.
 */
export async function writeContained(
  store: Store,
  origin: WriteOrigin,
  batch: readonly Loaded[],
): Promise<void> {
  const refused: Loaded[] = [];
  for (const { item, error } of await failingAlone(batch, (some) => write(store, origin, some))) {
    const isStored = item.marketDay !== undefined && (await writeOthers(store, origin, item));
    if (!isStored) refused.push(allRefused(item, writeRefusal(error)));
  }
  if (refused.length > 0) await write(store, origin, refused);
}

async function write(store: Store, origin: WriteOrigin, some: readonly Loaded[]): Promise<void> {
  const tallies = await transaction(store, (tx) => writeLoaded(tx, origin, some));
  for (const { interval, read, inserted, revised, settled } of tallies) {
    const labels = { provider: origin.source, interval };
    count('rowsRead', read, labels);
    count('rowsInserted', inserted, labels);
    count('rowsRevised', revised, labels);
    count('rowsSettled', settled, labels);
  }
}

/** Of more instruments it is looked at some before all are: where none of these can be stored, it is not their doing. */
const many = 128;
const sampleSize = 8;

/**
 * Writes a whole-market answer without the instruments whose rows cannot be stored: in one transaction, so that it is
 * never half there; which they are tell transactions that are rolled back. False: nothing of it can be stored.
 */
async function writeOthers(store: Store, origin: WriteOrigin, loaded: Loaded): Promise<boolean> {
  const ids = [...new Set(loaded.verdicts.map(({ instrumentId }) => instrumentId))];
  const attempt = (some: readonly number[]) => tryOut(store, origin, ofThese(loaded, some));
  if (ids.length > many && (await failAll(sampleOf(ids), attempt))) return false;
  const culprits = await failingAlone(ids, attempt);
  const refused = new Map(culprits.map(({ item, error }) => [item, writeRefusal(error)]));
  const rest = withoutInstruments(loaded, refused);
  return (await lastingErrorOf(() => write(store, origin, [rest]))) === null;
}

function ofThese(loaded: Loaded, ids: readonly number[]): Loaded {
  const these = new Set<number | null>(ids);
  return ofInstruments(loaded, (id) => these.has(id));
}

function sampleOf(ids: readonly number[]): readonly number[] {
  const step = Math.floor(ids.length / sampleSize);
  return ids.filter((_, place) => place % step === 0).slice(0, sampleSize);
}

async function failAll(
  ids: readonly number[],
  attempt: (some: readonly number[]) => Promise<void>,
): Promise<boolean> {
  for (const id of ids) if ((await lastingErrorOf(() => attempt([id]))) === null) return false;
  return true;
}

/** Told by nobody else. */
class RolledBack extends Error {
  override readonly name = 'RolledBack';
}

/** Writes something and takes it back; throws what the write fails with, or its end would. */
async function tryOut(store: Store, origin: WriteOrigin, loaded: Loaded): Promise<void> {
  try {
    await transaction(store, async (tx) => {
      await writeLoaded(tx, origin, [loaded]);
      await sql`set constraints all immediate`.execute(tx);
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
}
