import { sql } from 'kysely';
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration';
import type { Database } from './database.ts';
import { applyFunctions, hasFunctions } from './functions.ts';
import { market0001 } from './migrations/0001-market.ts';
import { actions0002 } from './migrations/0002-actions.ts';
import { indicators0003 } from './migrations/0003-indicators.ts';
import { identity0004 } from './migrations/0004-identity.ts';
import { findings0005 } from './migrations/0005-findings.ts';
import { blocking0006 } from './migrations/0006-blocking.ts';
import { marketScores0009 } from './migrations/0009-market-scores.ts';
import { quarantine0008 } from './migrations/0008-quarantine.ts';
import { corrections0007 } from './migrations/0007-corrections.ts';
import { adjustedClose0010 } from './migrations/0010-adjusted-close.ts';
import { agreement0011 } from './migrations/0011-agreement.ts';
import { coverage0012 } from './migrations/0012-coverage.ts';
import { setting } from '../setting.ts';
import { liveWorkers } from './workers.ts';

/** A step of the schema. */
export type KnownMigration = Migration & {
  /** Why workers of the release before cannot live with it; unset: they can, until each has been replaced. */
  readonly endsOldWorkers?: string;
};
type Migrations = Readonly<Record<string, KnownMigration>>;

/** In order; a name never changes once released. */
export const released: Migrations = {
  '0001-market': market0001,
  '0002-actions': actions0002,
  '0003-indicators': indicators0003,
  '0004-identity': identity0004,
  '0005-findings': findings0005,
  '0006-blocking': blocking0006,
  '0007-corrections': corrections0007,
  '0008-quarantine': quarantine0008,
  '0009-market-scores': marketScores0009,
  '0010-adjusted-close': adjustedClose0010,
  '0011-agreement': agreement0011,
  '0012-coverage': coverage0012,
};

/** The database lacks migrations or functions. */
export class DatabaseNotMigrated extends Error {
  override readonly name = 'DatabaseNotMigrated';
  readonly remedy = 'run barwright db migrate';
}

/** The database has migrations of a later release: what this program would write there might be wrong. */
export class DatabaseNewer extends Error {
  override readonly name = 'DatabaseNewer';
  readonly remedy =
    'run the release that has migrated it, or a later one; to go back to this one, restore a backup from before';
}

/** Workers of the release before run, and cannot live with what is to be applied. */
export class WorkersInTheWay extends Error {
  override readonly name = 'WorkersInTheWay';
  readonly remedy =
    'nothing was changed: end them (docker compose stop data-ingestion analytics maintenance, or barwright down), and migrate again';
}

/** Throws `WorkersInTheWay`, before anything is changed. */
async function requireNoOldWorkers(db: Database, known: Migrations): Promise<void> {
  const reasons = (await migrationStatus(db, known)).flatMap(({ name, appliedAt }) => {
    const reason = appliedAt === null ? known[name]?.endsOldWorkers : undefined;
    return reason === undefined ? [] : `${name}: ${reason}`;
  });
  if (reasons.length === 0 || !(await hasTable(db, 'market.workers'))) return;
  const workers = await liveWorkers(db);
  if (workers.length === 0) return;
  const named = workers.map(({ identity }) => identity).join(', ');
  throw new WorkersInTheWay(`workers cannot live with ${reasons.join('; ')}, and there are ${named}`);
}

async function hasTable(db: Database, name: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass(${name}) is not null as there`.execute(db);
  return rows[0]?.there === true;
}

/** Throws `DatabaseNewer` for migrations that this program does not know. */
async function requireNoNewer(db: Database, known: Migrations): Promise<void> {
  const unknown = (await appliedMigrations(db)).filter(({ name }) => known[name] === undefined);
  if (unknown.length === 0) return;
  const names = unknown.map(({ name }) => name).join(', ');
  throw new DatabaseNewer(
    `the database is of a later release than this program, which does not know ${names}`,
  );
}

/** The database was made before the migrations were written anew; nothing had been released then. */
export class DatabaseOfAnEarlierLayout extends Error {
  override readonly name = 'DatabaseOfAnEarlierLayout';
  readonly remedy = `let it be made anew: name another database (${setting('TRADING_DB_NAME')}) or home (${setting('BARWRIGHT_HOME')}), or remove this one`;
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

function migrator(db: Database, known: Migrations): Migrator {
  const provider: MigrationProvider = { getMigrations: () => Promise.resolve({ ...known }) };
  return new Migrator({ db, provider, migrationTableSchema: 'public' });
}

interface MigrationState {
  readonly name: string;
  readonly appliedAt: string | null;
}

/** Every migration with the time it was applied, null when it is still to come. */
export async function migrationStatus(
  db: Database,
  known: Migrations = released,
): Promise<readonly MigrationState[]> {
  const applied = new Map((await appliedMigrations(db)).map(({ name, timestamp }) => [name, timestamp]));
  return Object.keys(known).map((name) => ({ name, appliedAt: applied.get(name) ?? null }));
}

interface AppliedMigration {
  readonly name: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** What the migrator has noted, asked for without it: it would first read every column of all tables. */
async function appliedMigrations(db: Database): Promise<readonly AppliedMigration[]> {
  if (!(await hasTable(db, 'public.kysely_migration'))) return [];
  const { rows } = await sql<AppliedMigration>`
    select name, timestamp from public.kysely_migration order by name`.execute(db);
  return rows;
}

/**
 * Applies what is missing, in one transaction under an advisory lock, then the SQL functions, which are replaced every
 * time; returns the names of the migrations applied. Throws `DatabaseOfAnEarlierLayout`, `DatabaseNewer`,
 * `WorkersInTheWay`.
 */
export async function migrate(db: Database, known: Migrations = released): Promise<readonly string[]> {
  await requireThisLayout(db);
  await requireNoNewer(db, known);
  await requireNoOldWorkers(db, known);
  const { error, results = [] } = await migrator(db, known).migrateToLatest();
  if (error !== undefined) {
    const reason = error instanceof Error ? error.message : JSON.stringify(error);
    throw new Error(`migration failed, nothing was changed: ${reason}`, { cause: error });
  }
  // They are of the whole schema, not of an earlier one.
  if (Object.keys(released).every((name) => name in known)) await applyFunctions(db);
  return results.map(({ migrationName }) => migrationName);
}

/** Throws `DatabaseNewer`, and `DatabaseNotMigrated` unless every migration is applied, and the functions are those of this program. */
export async function requireMigrated(db: Database): Promise<void> {
  await requireThisLayout(db);
  await requireNoNewer(db, released);
  const missing = (await migrationStatus(db)).filter(({ appliedAt }) => appliedAt === null);
  if (missing.length > 0)
    throw new DatabaseNotMigrated(`the database lacks ${missing.map(({ name }) => name).join(', ')}`);
  if (!(await hasFunctions(db)))
    throw new DatabaseNotMigrated('the functions of the database are not those of this program');
}
