import { sql } from 'kysely';
import { Migrator, type MigrationProvider } from 'kysely/migration';
import type { Database } from './database.ts';
import { applyFunctions, hasFunctions } from './functions.ts';
import { market0001 } from './migrations/0001-market.ts';
import { actions0002 } from './migrations/0002-actions.ts';
import { indicators0003 } from './migrations/0003-indicators.ts';

/** In order; a name never changes once released. */
const migrations: MigrationProvider = {
  getMigrations: () =>
    Promise.resolve({
      '0001-market': market0001,
      '0002-actions': actions0002,
      '0003-indicators': indicators0003,
    }),
};

/** The database lacks migrations or functions, or knows some that this program does not. */
export class DatabaseNotMigrated extends Error {
  override readonly name = 'DatabaseNotMigrated';
  readonly remedy = 'run barwright db migrate';
}

/** The database was made before the migrations were written anew; nothing had been released then. */
export class DatabaseOfAnEarlierLayout extends Error {
  override readonly name = 'DatabaseOfAnEarlierLayout';
  readonly remedy =
    'let it be made anew: name another database (TRADING_DB_NAME) or home (BARWRIGHT_HOME), or remove this one';
}

/** Throws `DatabaseOfAnEarlierLayout` for a ledger that says nothing of the sessions of its runs. */
async function requireThisLayout(db: Database): Promise<void> {
  const { rows } = await sql<{ earlier: boolean }>`
    select to_regclass('market.runs') is not null and not exists (select from information_schema.columns
      where table_schema = 'market' and table_name = 'runs' and column_name = 'sessions') as earlier`.execute(
    db,
  );
  if (rows[0]?.earlier === true)
    throw new DatabaseOfAnEarlierLayout('this database is of a layout before the first release');
}

function migrator(db: Database): Migrator {
  return new Migrator({ db, provider: migrations, migrationTableSchema: 'public' });
}

interface MigrationState {
  readonly name: string;
  readonly appliedAt: string | null;
}

/** Every migration with the time it was applied, null when it is still to come. */
export async function migrationStatus(db: Database): Promise<readonly MigrationState[]> {
  const known = await migrator(db).getMigrations();
  return known.map(({ name, executedAt }) => ({ name, appliedAt: executedAt?.toISOString() ?? null }));
}

/**
 * Applies what is missing, in one transaction under an advisory lock, then the SQL functions, which are replaced every
 * time; returns the names of the migrations applied. Throws `DatabaseOfAnEarlierLayout`.
 */
export async function migrate(db: Database): Promise<readonly string[]> {
  await requireThisLayout(db);
  const { error, results = [] } = await migrator(db).migrateToLatest();
  if (error !== undefined) {
    const reason = error instanceof Error ? error.message : JSON.stringify(error);
    throw new Error(`migration failed, nothing was changed: ${reason}`, { cause: error });
  }
  await applyFunctions(db);
  return results.map(({ migrationName }) => migrationName);
}

/** Throws `DatabaseNotMigrated` unless every migration is applied, and the functions are those of this program. */
export async function requireMigrated(db: Database): Promise<void> {
  await requireThisLayout(db);
  const missing = (await migrationStatus(db)).filter(({ appliedAt }) => appliedAt === null);
  if (missing.length > 0)
    throw new DatabaseNotMigrated(`the database lacks ${missing.map(({ name }) => name).join(', ')}`);
  if (!(await hasFunctions(db)))
    throw new DatabaseNotMigrated('the functions of the database are not those of this program');
}
