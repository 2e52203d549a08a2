import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { endpointsOf } from '../runtime/endpoints.ts';
import { readState } from '../runtime/state.ts';
import { openStore, requireConnection, type Database } from '../store/database.ts';
import { claimMarket } from '../store/installation.ts';
import { migrate, migrationStatus } from '../store/migrate.ts';
import { NotRunning } from './errors.ts';
import { note, printJson, printTable } from './output.ts';

interface Options {
  readonly json?: true;
}

export function addDbCommand(program: Command): void {
  const db = program.command('db').description('the schema of the database');
  db.command('migrate')
    .description('apply what is missing, all or nothing')
    .option('--json', 'one JSON document')
    .action(({ json }: Options) =>
      onDatabase(async (database, market) => {
        const applied = await migrate(database);
        await claimMarket(database, market);
        if (json) printJson({ applied });
        else note(applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`);
      }),
    );
  db.command('status')
    .description('which migrations are applied')
    .option('--json', 'one JSON document')
    .action(({ json }: Options) =>
      onDatabase(async (database) => {
        const migrations = await migrationStatus(database);
        if (json) printJson({ migrations });
        else
          printTable(
            ['migration', 'applied'],
            migrations.map(({ name, appliedAt }) => [name, appliedAt]),
          );
        if (migrations.some(({ appliedAt }) => appliedAt === null)) process.exitCode = 1;
      }),
    );
}

async function onDatabase(work: (db: Database, market: string) => Promise<void>): Promise<void> {
  const config = loadConfig();
  const { databaseUrl } = endpointsOf(config, readState(config.home));
  if (databaseUrl === null)
    throw new NotRunning('no database: the embedded one does not run, and none is configured');
  const store = openStore(databaseUrl, { name: 'db', max: 2 });
  try {
    await requireConnection(store, databaseUrl);
    await work(store.db, config.market);
  } finally {
    await store.close();
  }
}
