import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildah, finished } from './buildah.ts';

/** What the Dockerfile names; nothing is pulled under that name here. */
const baseName = 'docker.io/library/node:24-bookworm-slim';

/** Makes what stands for the base of the image, unless it is there: Debian, this Node, its npm and a user called node. */
export async function ensureBase(): Promise<void> {
  const label = `node ${process.version}`;
  const found = await buildah('inspect', '--type', 'image', baseName).catch(() => '');
  if (found.includes(`"barwright.base": "${label}"`)) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'barwright-base-'));
  try {
    await finished('debootstrap', ['--variant=minbase', 'bookworm', folder]);
    addNode(folder);
    const container = (await buildah('from', 'scratch')).trim();
    await buildah('add', '--quiet', container, folder, '/');
    await buildah('config', ...settingsOf(label), container);
    await buildah('commit', '--quiet', '--rm', container, baseName);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function addNode(base: string): void {
  const local = path.join(base, 'usr/local');
  copyFileSync(process.execPath, path.join(local, 'bin/node'));
  mkdirSync(path.join(local, 'lib/node_modules'), { recursive: true });
  cpSync(npmFolder(), path.join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(local, 'bin/npm'));
  appendFileSync(path.join(base, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/sh\n');
  appendFileSync(path.join(base, 'etc/group'), 'node:x:1000:\n');
  mkdirSync(path.join(base, 'home/node'));
  const { NODE_EXTRA_CA_CERTS: authorities } = process.env;
  if (authorities !== undefined) copyFileSync(authorities, path.join(base, 'etc/authorities.pem'));
}

/** Node's own package manager of this machine: our Node comes without one. */
function npmFolder(): string {
  const found = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'npm'))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error('there is no npm on PATH');
  return path.resolve(realpathSync(found), '../..');
}

/** The registry and its authorities are those of this machine, and known to this base alone. */
function settingsOf(label: string): readonly string[] {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  const environment = [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    `npm_config_registry=${registry}`,
    ...(process.env.NODE_EXTRA_CA_CERTS === undefined ? [] : ['NODE_EXTRA_CA_CERTS=/etc/authorities.pem']),
  ];
  return ['--label', `barwright.base=${label}`, ...environment.flatMap((variable) => ['--env', variable])];
}
