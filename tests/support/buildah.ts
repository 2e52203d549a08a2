import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'barwright');
const folder = path.join(cache, 'image-test');
const policy = path.join(folder, 'policy.json');
const noPulls = { default: [{ type: 'insecureAcceptAnything' }] };

/** The flags of every call: images of its own in the cache, and no help of the kernel that a container lacks. */
export const storage: readonly string[] = [
  ...['--storage-driver', 'vfs'],
  ...['--root', path.join(folder, 'images')],
  ...['--runroot', path.join(folder, 'run')],
];
const withPolicy = ['from', 'commit', 'build'];

/** What every call finds in its environment. */
export const buildahEnvironment = { ...process.env, BUILDAH_ISOLATION: 'chroot' };

/** Runs buildah to its end; returns what it has written. */
export async function buildah(command: string, ...args: readonly string[]): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(policy, JSON.stringify(noPulls));
  const flags = withPolicy.includes(command) ? ['--signature-policy', policy] : [];
  return finished('buildah', [...storage, command, ...flags, ...args], buildahEnvironment);
}

/** Runs a program to its end; returns what it has written to standard output, and throws with all that it has said. */
export async function finished(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], { env, maxBuffer: 100_000_000 });
  return stdout;
}
