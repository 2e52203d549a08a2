import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts';

export const superuser = 'postgres';

/** Where the password of a home's superuser is written down. */
export function passwordFileOf(home: string): string {
  return path.join(home, 'password');
}

/** The password of a home's superuser; throws `EmbeddedPostgresFailed` where it is lost. */
export function readPassword(home: string, folder: string): string {
  const file = passwordFileOf(home);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new EmbeddedPostgresFailed(
    `${file} is missing, without which nobody gets into ${folder}`,
    `put it back, or move ${folder} away to begin anew`,
  );
}

/** Gives the superuser another password, and writes it down in one step. */
export async function changePassword(url: string, home: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // A statement that fails would be logged, and holds the password.
    await client.query('set log_min_error_statement = panic');
    await client.query(`alter role ${superuser} password ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
  const file = passwordFileOf(home);
  writeFileSync(`${file}.new`, password, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
