import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'barwright');
const kept = path.join(cache, 'promtool');
const inPackage = 'usr/bin/promtool';

/**
 * Prometheus' own checker: that of this machine, or the one in Debian's package, taken out of it without installing it
 * (19 MB, kept in the cache); null where neither can be had.
 */
export async function findPromtool(): Promise<string | null> {
  const known = (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'promtool'));
  const found = [...known, path.join(kept, inPackage)].find((file) => existsSync(file));
  return found ?? (await unpacked());
}

async function unpacked(): Promise<string | null> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'promtool-'));
  try {
    await run('apt-get', ['download', 'prometheus'], { cwd: folder, timeout: 60_000 });
    const [archive = ''] = readdirSync(folder);
    await run('dpkg', ['-x', archive, '.'], { cwd: folder, timeout: 60_000 });
    // Another test may have been faster.
    if (!existsSync(kept)) renameSync(folder, kept);
    return path.join(kept, inPackage);
  } catch (error) {
    if (existsSync(path.join(kept, inPackage))) return path.join(kept, inPackage);
    console.warn(
      `no promtool, its checks are skipped: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What promtool says of a text or of files; `ok`: nothing is wrong. */
export async function promtool(
  file: string,
  args: readonly string[],
  input = '',
): Promise<{ readonly ok: boolean; readonly said: string }> {
  const { promise, resolve } = Promise.withResolvers<{ ok: boolean; said: string }>();
  const child = execFile(file, args, (error, stdout, stderr) =>
    resolve({ ok: error === null, said: `${stdout}${stderr}` }),
  );
  child.stdin?.end(input);
  return promise;
}
