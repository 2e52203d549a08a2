import type { Database } from './database.ts';

/** What a worker runs with; the key only as its fingerprint. */
interface WorkerEnvironment {
  readonly market: string;
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly keyFingerprint: string | null;
}

export interface WorkerRecord extends WorkerEnvironment {
  readonly identity: string;
  readonly pool: string;
  /** Of the Temporal server that it works for; absent or null: not known. */
  readonly namespaceId?: string | null;
  readonly host: string;
  readonly pid: number;
  /** `host:port` of its page of metrics; absent or null: it has none. */
  readonly metricsAddress?: string | null;
}

/** A worker that has not been seen for so long is taken for dead. */
export const workerSilenceMs = 30_000;

/** Records a worker that starts; `dead` are process ids of this host that no longer run. */
export async function registerWorker(
  db: Database,
  worker: WorkerRecord,
  dead: readonly number[],
): Promise<void> {
  const now = new Date();
  if (dead.length > 0) {
    await db
      .updateTable('market.workers')
      .set({ stopped_at: now })
      .where('host', '=', worker.host)
      .where('pid', 'in', [...dead])
      .where('stopped_at', 'is', null)
      .execute();
  }
  const record = {
    pool: worker.pool,
    namespace_id: worker.namespaceId ?? null,
    market: worker.market,
    base_urls: JSON.stringify(worker.baseUrls),
    key_fingerprint: worker.keyFingerprint,
    host: worker.host,
    pid: worker.pid,
    metrics_address: worker.metricsAddress ?? null,
    started_at: now,
    seen_at: now,
    stopped_at: null,
  };
  // A process id comes back: in a container it is always the same.
  await db
    .insertInto('market.workers')
    .values({ identity: worker.identity, ...record })
    .onConflict((conflict) => conflict.column('identity').doUpdateSet(record))
    .execute();
}

/** A sign of life; with the server that it works for by now, where that is known: its data may have been lost. */
export async function touchWorker(
  db: Database,
  identity: string,
  namespaceId: string | null = null,
): Promise<void> {
  await db
    .updateTable('market.workers')
    .set({ seen_at: new Date(), ...(namespaceId === null ? {} : { namespace_id: namespaceId }) })
    .where('identity', '=', identity)
    .execute();
}

/** Records that a worker has drained and ends. */
export async function retireWorker(db: Database, identity: string): Promise<void> {
  await db
    .updateTable('market.workers')
    .set({ stopped_at: new Date() })
    .where('identity', '=', identity)
    .execute();
}

/** Workers that were seen lately and have not said goodbye. */
export async function liveWorkers(db: Database, pool?: string): Promise<readonly WorkerRecord[]> {
  let query = db
    .selectFrom('market.workers')
    .selectAll()
    .where('stopped_at', 'is', null)
    .where('seen_at', '>', new Date(Date.now() - workerSilenceMs));
  if (pool !== undefined) query = query.where('pool', '=', pool);
  const rows = await query.orderBy('started_at').execute();
  return rows.map(({ base_urls, key_fingerprint, ...row }) => ({
    identity: row.identity,
    pool: row.pool,
    namespaceId: row.namespace_id,
    host: row.host,
    pid: row.pid,
    metricsAddress: row.metrics_address,
    market: row.market,
    baseUrls: base_urls,
    keyFingerprint: key_fingerprint,
  }));
}
