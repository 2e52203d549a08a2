import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { readlinkSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { passwordFileOf, readPassword, superuser } from './postgres-password.ts';
import { AlreadyServed } from './served-folder.ts';
import { serverEnvironment } from './server-environment.ts';
import { unprivileged } from './unprivileged.ts';
import { setting } from '../setting.ts';

/** A data folder and the password of its superuser. */
interface PostgresData {
  readonly folder: string;
  readonly password: string;
}

/** The data folder of a home, made where there is none, and fit to be started. */
export async function prepareData(
  binaries: PostgresBinaries,
  home: string,
  report: (step: string) => void,
): Promise<PostgresData> {
  const folder = path.join(home, 'data');
  mkdirSync(home, { recursive: true });
  if (!existsSync(folder)) {
    report('making a PostgreSQL data folder (about 40 MB)');
    await initialise(binaries, home, folder);
  }
  requireSameVersion(folder, binaries.majorVersion);
  removeStalePid(folder);
  return { folder, password: readPassword(home, folder) };
}

/** Rules by which every machine may ask, with the password and not without; returns their file. */
export function writeAccessRules(folder: string): string {
  const file = path.join(folder, 'pg_hba_beyond_loopback.conf');
  writeFileSync(file, 'host all all all scram-sha-256\n', { mode: 0o644 });
  return file;
}

const beginning = 'data-new-';

/** Made beside and moved into place whole: a broken-off attempt leaves nothing that looks like a data folder. */
async function initialise({ initdb }: PostgresBinaries, home: string, folder: string): Promise<void> {
  for (const name of readdirSync(home)) {
    if (name.startsWith(beginning)) rmSync(path.join(home, name), { recursive: true, force: true });
  }
  const passwordFile = passwordFileOf(home);
  if (!existsSync(passwordFile) || readFileSync(passwordFile, 'utf8').trim() === '') {
    writeFileSync(passwordFile, randomBytes(18).toString('hex'), { mode: 0o600 });
  }
  const fresh = mkdtempSync(path.join(home, beginning));
  try {
    await runInitdb(initdb, fresh, passwordFile);
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
}

async function runInitdb(initdb: string, fresh: string, passwordFile: string): Promise<void> {
  const { command, args, identity } = unprivileged(initdb, fresh);
  // A copy that whoever makes the data folder may read, and nobody else.
  const handedOver = `${fresh}.password`;
  writeFileSync(handedOver, readFileSync(passwordFile), { mode: 0o600 });
  if (identity !== null) chownSync(handedOver, identity.uid, identity.gid);
  try {
    const flags = ['-D', fresh, '-U', superuser, '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256'];
    const child = spawn(command, [...args, ...flags, `--pwfile=${handedOver}`], {
      env: serverEnvironment(),
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      ...identity,
    });
    const [said, [code, signal]] = (await Promise.all([text(child.stderr), once(child, 'close')])) as [
      string,
      [number | null, NodeJS.Signals | null],
    ];
    if (code === 0) return;
    const last = said.trim().split('\n').slice(-3).join(' | ');
    throw new EmbeddedPostgresFailed(`initdb failed (${signal ?? `exit code ${code}`}): ${last}`);
  } catch (error) {
    if (error instanceof EmbeddedPostgresFailed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresFailed(`initdb cannot be started: ${reason}`, undefined, error);
  } finally {
    rmSync(handedOver, { force: true });
  }
}

function requireSameVersion(folder: string, majorVersion: string): void {
  const file = path.join(folder, 'PG_VERSION');
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  if (version === majorVersion) return;
  if (version === null) {
    throw new EmbeddedPostgresFailed(
      `${folder} is no PostgreSQL data folder`,
      `move it away to begin anew, or set ${setting('DATABASE_URL')} to a PostgreSQL of your own`,
    );
  }
  throw new EmbeddedPostgresFailed(
    `${folder} is of PostgreSQL ${version}, this one is ${majorVersion}`,
    `move it away to begin anew, or serve it with PostgreSQL ${version} and set ${setting('DATABASE_URL')}`,
  );
}

/**
 * PostgreSQL refuses a folder whose postmaster.pid names a living process, whatever that process is: after a crash
 * another program may have that id by now. Throws `AlreadyServed` when it is the folder's own server.
 */
function removeStalePid(folder: string): void {
  const file = path.join(folder, 'postmaster.pid');
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : NaN;
  // Of a dead process it is left to PostgreSQL, which reads from it whether children of that one still write.
  if (!(pid > 0) || !isAlive(pid)) return;
  if (isServerOf(folder, pid)) throw new AlreadyServed(folder, pid);
  rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isServerOf(folder: string, pid: number): boolean {
  try {
    // A PostgreSQL server works in its data folder.
    if (existsSync('/proc/self/cwd')) return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return false;
  }
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes('postgres');
}
