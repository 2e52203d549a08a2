import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.ts';
import { serverEnvironment } from './server-environment.ts';
import { setting } from '../setting.ts';

/** The programs of the npm package for this platform. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as 18: a data folder belongs to one. */
  readonly majorVersion: string;
}

const ownServer = `set ${setting('DATABASE_URL')} to a PostgreSQL of your own`;

export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found = await import(name).then(
    (programs: unknown) => programs as Omit<PostgresBinaries, 'majorVersion'>,
    (error: unknown) => {
      throw new EmbeddedPostgresFailed(
        `there is no embedded PostgreSQL for ${process.platform} ${process.arch}`,
        `use Linux (glibc) or macOS on x64 or arm64, or ${ownServer}`,
        error,
      );
    },
  );
  const { initdb, postgres } = found;
  linkLibraries(path.resolve(path.dirname(postgres), '../..'));
  return { initdb, postgres, majorVersion: majorVersionOf(postgres) };
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/** A package has no symbolic links: its install script makes them, unless install scripts are switched off. */
function linkLibraries(folder: string): void {
  const list = path.join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = path.join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), link);
    } catch (error) {
      if (existsSync(link)) continue;
      throw new EmbeddedPostgresFailed(
        `${link} is missing and cannot be made`,
        'install the packages with their install scripts',
        error,
      );
    }
  }
}

function majorVersionOf(postgres: string): string {
  const asked = spawnSync(postgres, ['-V'], { encoding: 'utf8', env: serverEnvironment() });
  const version = asked.error ? undefined : /\(PostgreSQL\) (\d+)/.exec(asked.stdout)?.[1];
  if (version !== undefined) return version;
  const reason = asked.error?.message ?? asked.stderr.trim();
  throw new EmbeddedPostgresFailed(
    `the embedded PostgreSQL does not run on this machine: ${reason}`,
    ownServer,
  );
}
