import { sql } from 'kysely';
import type { Store } from '../../src/store/database.ts';
import { freshDatabase } from './database.ts';
import { emptyTables } from './empty-tables.ts';
import { serveMarket, type MarketServer, type ScriptedMarket } from './scripted-market.ts';
import { startTestWorker, type TestWorker, type TestWorkerOptions } from './test-worker.ts';

/** A database, a server that says what a script says, and a worker between them. */
export interface Lab {
  readonly store: Store;
  readonly server: MarketServer;
  readonly worker: TestWorker;
}

interface SharedLab {
  readonly lab: Promise<Lab>;
  /** Of the case that runs. */
  market: ScriptedMarket;
}

let shared: SharedLab | null = null;

/** The lab of this test file, with nothing in it, and another market: to begin one anew takes a second. */
export async function sharedLab(market: ScriptedMarket): Promise<Lab> {
  if (shared === null) {
    const begun: SharedLab = { market, lab: startLab(() => begun.market) };
    shared = begun;
    return begun.lab;
  }
  shared.market = market;
  const lab = await shared.lab;
  await empty(lab);
  return lab;
}

/** Ends it, where there is one. */
export async function endSharedLab(): Promise<void> {
  const ending = shared;
  shared = null;
  if (ending !== null) await endLab(await ending.lab);
}

/** A lab for what is the scripted market at the moment; its database is new unless one is given. */
export async function startLab(
  market: () => ScriptedMarket,
  options: Partial<TestWorkerOptions> = {},
): Promise<Lab> {
  const store = options.store ?? (await freshDatabase());
  const server = await serveMarket(market);
  return { store, server, worker: await startTestWorker({ store, baseUrl: server.url, ...options }) };
}

export async function endLab({ worker, server, store }: Lab): Promise<void> {
  await worker.stop();
  await server.close();
  await store.close();
}

async function empty({ store, server }: Lab): Promise<void> {
  server.log.length = 0;
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'market'::regnamespace and relkind in ('r', 'p') and not relispartition`.execute(
    store.db,
  );
  await emptyTables(
    store,
    rows.map(({ name }) => name),
  );
}
