import type { Command } from 'commander';
import { loadConfig, type Market } from '../config.ts';
import { endpointsOf } from '../runtime/endpoints.ts';
import { readState } from '../runtime/state.ts';
import type { Database } from '../store/database.ts';
import { claimMarket } from '../store/installation.ts';
import { migrate, migrationStatus, requireMigrated } from '../store/migrate.ts';
import { rebuildCoverage } from '../store/rebuild-coverage.ts';
import { onDatabase, requireDatabaseUrl } from './connections.ts';
import { note, printJson, printTable } from './output.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { wallClock } from '../operations/wall-clock.ts';

type Migration = Awaited<ReturnType<typeof migrationStatus>>[number];

export function addDbCommand(program: Command): void {
  const db = program.command('db').description('the schema of the database');
  db.command('migrate')
    .description('apply what is missing, all or nothing')
    .addOption(jsonOption)
    .action(({ json }: JsonOption) =>
      withDatabase(async (database, market) => {
        const applied = await migrate(database);
        await claimMarket(database, market);
        if (json) printJson({ applied }, market);
        else note(applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`);
      }),
    );
  addTableOptions(
    db.command('status').description('which migrations are applied').addOption(jsonOption),
  ).action(showMigrations);
  db.command('rebuild-coverage')
    .description('make the masks of covered days anew, from the bars and absences')
    .addOption(jsonOption)
    .action(rebuildMasks);
}

async function rebuildMasks({ json }: JsonOption): Promise<void> {
  await withDatabase(async (database, market) => {
    await requireMigrated(database);
    const rebuilt = await rebuildCoverage(database);
    if (json) printJson(rebuilt, market);
    else note(`${rebuilt.differed} of ${rebuilt.months} months differed from what is stored`);
  });
}

async function showMigrations(options: JsonOption & TableOptions): Promise<void> {
  const { displayTimeZone } = loadConfig();
  const columns = columnsIn(displayTimeZone);
  const choice = chosenColumns(columns, options);
  await withDatabase(async (database, market) => {
    const migrations = await migrationStatus(database);
    if (options.json) printJson({ migrations }, market);
    else
      printTable(
        { title: `migrations; times of ${displayTimeZone}`, market, columns, rows: migrations },
        choice,
      );
    if (migrations.some(({ appliedAt }) => appliedAt === null)) process.exitCode = 1;
  });
}

function columnsIn(zone: string): readonly Column<Migration>[] {
  const { minute } = wallClock(zone);
  return [
    { name: 'migration', cell: ({ name }) => name },
    { name: 'applied', cell: ({ appliedAt }) => minute(appliedAt) },
  ];
}

/** Does work on the database of this installation, whatever its schema. */
async function withDatabase(work: (db: Database, market: Market) => Promise<void>): Promise<void> {
  const config = loadConfig();
  const url = requireDatabaseUrl(endpointsOf(config, readState(config.home)));
  await onDatabase(url, 'db', ({ db }) => work(db, config.market));
}
