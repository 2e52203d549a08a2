import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setting } from '../setting.ts';

/** How to start a program that refuses to run as root. */
interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
  readonly identity: Identity | null;
}

/** PostgreSQL will not run as root, and no way around that works here. */
class RootRefused extends Error {
  override readonly name = 'RootRefused';
  readonly remedy = `run barwright as an ordinary user, or put project and ${setting('BARWRIGHT_HOME')} where every user may look`;
}

const userNamespace = ['--user', '--map-user=1000', '--map-group=1000'] as const;
/** The traditional user that owns nothing. */
const nobody = { uid: 65_534, gid: 65_534 };

/**
 * As an ordinary user: the program itself. As root: as the owner of the data folder; where that is root, within a user
 * namespace, where root's own files stay within reach under another name; where the system forbids that (containers),
 * as the user nobody, to whom the data folder is given. Where that user may not enter the folders on the way, it keeps
 * of root's rights the one to pass them.
 */
export function unprivileged(program: string, dataDirectory: string): Launcher {
  if (process.getuid?.() !== 0) return { command: program, args: [], identity: null };
  const { uid, gid } = existsSync(dataDirectory) ? statSync(dataDirectory) : { uid: 0, gid: 0 };
  if (uid === 0 && spawnSync('unshare', [...userNamespace, program, '-V']).status === 0) {
    return { command: 'unshare', args: [...userNamespace, program], identity: null };
  }
  const identity = uid === 0 ? nobody : { uid, gid };
  if (uid === 0 && existsSync(dataDirectory)) give(dataDirectory, identity);
  const barrier = barrierTo(program, identity) ?? barrierTo(dataDirectory, identity);
  if (barrier === null) return { command: program, args: [], identity };
  const passing = passingBarriers(identity);
  if (spawnSync('setpriv', [...passing, program, '-V']).status === 0) {
    return { command: 'setpriv', args: [...passing, program], identity: null };
  }
  throw new RootRefused(`PostgreSQL does not run as root, and user ${identity.uid} may not enter ${barrier}`);
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

function passingBarriers({ uid, gid }: Identity): readonly string[] {
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return [...ids, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
}

function give(directory: string, { uid, gid }: Identity): void {
  const { status, stderr } = spawnSync('chown', ['-R', `${uid}:${gid}`, directory], { encoding: 'utf8' });
  if (status !== 0) throw new RootRefused(`${directory} cannot be given to user ${uid}: ${stderr.trim()}`);
}

/** The folder above a file that a user may not pass; null when the way is free. */
function barrierTo(file: string, { uid, gid }: Identity): string | null {
  for (let folder = path.dirname(path.resolve(file)); ; folder = path.dirname(folder)) {
    const { mode, uid: owner, gid: group } = statSync(folder);
    const searchBit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & searchBit) === 0) return folder;
    if (folder === path.dirname(folder)) return null;
  }
}
