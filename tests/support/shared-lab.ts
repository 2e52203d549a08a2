import { sql } from 'kysely';
import type { Store } from '../../src/store/database.ts';
import { freshDatabase } from './database.ts';
import { emptyTables } from './empty-tables.ts';
import { serveMarket, type MarketServer, type ScriptedMarket } from './scripted-market.ts';
import { startTestWorker, type TestWorker } from './test-worker.ts';

/** A database, a server that says what a script says, and a worker between them. */
export interface Lab {
  readonly store: Store;
  readonly server: MarketServer;
  readonly worker: TestWorker;
}

let lab: Promise<Lab> | null = null;
let current: ScriptedMarket | null = null;

/** The lab of this test file, with nothing in it, and another market: to begin one anew takes a second. */
export async function sharedLab(market: ScriptedMarket): Promise<Lab> {
  const begun = lab !== null;
  current = market;
  const shared = await (lab ??= startLab());
  if (begun) await empty(shared);
  return shared;
}

/** Ends it, where there is one. */
export async function endSharedLab(): Promise<void> {
  const ending = await lab;
  lab = null;
  if (ending === null) return;
  await ending.worker.stop();
  await ending.server.close();
  await ending.store.close();
}

async function startLab(): Promise<Lab> {
  const store = await freshDatabase();
  const server = await serveMarket(() => {
    if (current === null) throw new Error('no case has begun');
    return current;
  });
  return { store, server, worker: await startTestWorker({ store, baseUrl: server.url }) };
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
