import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, statSync } from 'node:fs';
import path from 'node:path';

/** How to start a program that refuses to run as root. */
export interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
  readonly identity: { readonly uid: number; readonly gid: number } | null;
}

/** PostgreSQL will not run as root, and no way around that works here. */
export class RootRefused extends Error {
  override readonly name = 'RootRefused';
  readonly remedy =
    'run barwright as an ordinary user, or put project and BARWRIGHT_HOME where every user may look';
}

const userNamespace = ['--user', '--map-user=1000', '--map-group=1000'] as const;
/** The traditional user that owns nothing. */
const nobody = 65_534;

/**
 * As an ordinary user: the program itself. As root: within a user namespace, where root's own files stay within reach
 * under another name; where the system forbids that, as the user nobody, to whom the data folder is given.
 */
export function unprivileged(program: string, dataDirectory: string): Launcher {
  if (process.getuid?.() !== 0) return { command: program, args: [], identity: null };
  const owner = existsSync(dataDirectory) ? statSync(dataDirectory).uid : 0;
  if (owner === 0 && spawnSync('unshare', [...userNamespace, 'true']).status === 0) {
    return { command: 'unshare', args: [...userNamespace, program], identity: null };
  }
  for (const file of [program, dataDirectory]) requireSearchable(path.dirname(file));
  if (existsSync(dataDirectory)) chownSync(dataDirectory, nobody, nobody);
  return { command: program, args: [], identity: { uid: nobody, gid: nobody } };
}

function requireSearchable(directory: string): void {
  for (let folder = path.resolve(directory); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) {
      throw new RootRefused(`PostgreSQL does not run as root, and other users may not enter ${folder}`);
    }
    if (folder === path.dirname(folder)) return;
  }
}
