import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
/** Of this version of playwright-core; Debian has newer and older ones that do as well. */
const debianPackage = 'chromium-headless-shell';
const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A browser without a window; null: there is none, and none can be installed, as on a machine that is not Debian's. */
export async function startBrowser(): Promise<Browser | null> {
  const executablePath = installed() ?? install();
  return executablePath === null ? null : chromium.launch({ executablePath, args: flags });
}

function installed(): string | null {
  return places.find((file) => existsSync(file)) ?? null;
}

/** Takes ten seconds, once; lists of packages may be missing or old. */
function install(): string | null {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: readonly string[]) =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: 'ignore' }).status === 0;
  const add = () => apt('install', '-y', '--no-install-recommends', debianPackage);
  if (!add() && apt('update')) add();
  return installed();
}
