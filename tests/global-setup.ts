import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureDatabase, startPostgres, stopPostgres } from '../src/runtime/embedded-postgres.ts';
import { findPort } from '../src/runtime/ports.ts';
import { startTemporal, stopTemporal } from '../src/runtime/temporal-server.ts';
import { openStore } from '../src/store/database.ts';
import { migrate } from '../src/store/migrate.ts';
import { searchAttributes } from '../src/temporal/names.ts';
import { workflowBundleFile } from '../workers/workflow-bundle.ts';
import { hurryServer } from './support/hurried-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a database server's own database; each test file makes its own beside it. */
    readonly postgresUrl: string;
    /** Name of a migrated database that nobody is connected to, for copies. */
    readonly migratedDatabase: string;
    readonly temporalAddress: string;
    readonly workflowBundle: string;
    /** Where it is: to bundle again for each installation would take minutes. */
    readonly bundlesFolder: string;
  }
}

const anyPort = { preferred: 0, strict: false };

/** One PostgreSQL, one Temporal server and one workflow bundle for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = mkdtempSync(path.join(tmpdir(), 'barwright-tests-'));
  const postgresPort = await findPort(anyPort, 'EMBEDDED_POSTGRES_PORT');
  const [postgres, temporal, bundle] = await Promise.all([
    startPostgres({ home: path.join(home, 'postgres'), port: postgresPort, report: () => undefined }),
    startTemporal({
      home: path.join(home, 'temporal'),
      port: await findPort(anyPort, 'TEMPORAL_PORT'),
      uiPort: await findPort(anyPort, 'TEMPORAL_UI_PORT'),
      namespace: 'default',
      searchAttributes,
      isForgetful: true,
    }),
    workflowBundleFile(home),
  ]);
  await hurryServer(postgres.urlOf('postgres'));
  project.provide('postgresUrl', postgres.urlOf('postgres'));
  project.provide('migratedDatabase', await migratedDatabase((name) => postgres.urlOf(name)));
  project.provide('temporalAddress', temporal.address);
  project.provide('workflowBundle', readFileSync(bundle, 'utf8'));
  project.provide('bundlesFolder', path.dirname(bundle));
  return async () => {
    await stopTemporal(temporal.process);
    await stopPostgres(postgres.process);
    rmSync(home, { recursive: true, force: true });
  };
}

async function migratedDatabase(urlOf: (database: string) => string): Promise<string> {
  const name = 'migrated';
  await ensureDatabase(urlOf('postgres'), name);
  const store = openStore(urlOf(name), { name: 'test', max: 1 });
  await migrate(store.db);
  await store.close();
  return name;
}
