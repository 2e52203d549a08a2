import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownEnvironment } from './command-in-process.ts';
import type { ComposeModel, Service } from './compose-file.ts';
import type { PortsHere } from './compose-ports.ts';
import { houseRoot } from './house-files.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** It looks up the address of its container, and starts the server. */
const serverOfImage = '/etc/temporal/entrypoint.sh';

/** Where the containers of a stack would be. */
export interface Here {
  readonly home: string;
  readonly ports: PortsHere;
  /** The folder of the programs that the images hold. */
  readonly path: string;
}

export interface ProcessHere {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a service is without its container: names of other containers, their ports and paths become those of here. */
export function processHere(here: Here, service: Service, secrets: ComposeModel['secrets']): ProcessHere {
  const place = (text: string) => placed(text, here, service, secrets);
  const isOurs = service.image.startsWith('barwright:');
  const entry = service.entrypoint ?? (isOurs ? ['node', '/app/src/cli/main.ts'] : []);
  const barwrightHome = path.join(here.home, 'home');
  mkdirSync(barwrightHome, { recursive: true });
  const given = Object.entries(service.environment).map(([name, value]) => [name, place(value)] as const);
  const own = ownEnvironment();
  return {
    words: [...entry, ...(service.command ?? [])].flatMap((word) =>
      word === serverOfImage ? ['temporal-server', 'start'] : place(word),
    ),
    env: {
      ...own,
      PATH: [here.path, path.dirname(process.execPath), own.PATH].join(path.delimiter),
      ...(service.image.startsWith('temporalio/server') ? innerOf(here) : {}),
      ...(isOurs ? { BARWRIGHT_HOME: barwrightHome } : {}),
      ...Object.fromEntries(given.map(([name, value]) => [name, renamed(name, value, here)])),
    },
  };
}

function innerOf({ ports: { inner, temporal } }: Here): Readonly<Record<string, string>> {
  return { ...inner, FRONTEND_GRPC_PORT: String(temporal) };
}

const hosts = ['POSTGRES_HOST', 'PGHOST', 'SQL_HOST', 'POSTGRES_SEEDS'];

/** Names of containers alone, which other values may hold as well. */
function renamed(name: string, value: string, { ports }: Here): string {
  if (hosts.includes(name) && value === 'postgres') return '127.0.0.1';
  if (value === '5432') return String(ports.postgres);
  // Each process has a page of its own, and one machine has them all.
  return name === 'METRICS_PORT' ? '' : value;
}

function placed(text: string, here: Here, { volumes }: Service, secrets: ComposeModel['secrets']): string {
  const { ports } = here;
  const words: Readonly<Record<string, string>> = {
    '0.0.0.0': '127.0.0.1',
    '/app/src/cli/main.ts': main,
    '8090': String(ports.simulator),
    '7233': String(ports.temporal),
    'temporal:7233': `127.0.0.1:${ports.temporal}`,
  };
  const word = words[text];
  if (word !== undefined) return word;
  const secret = /^\/run\/secrets\/(.*)$/.exec(text)?.[1];
  if (secret !== undefined) return secrets[secret]?.file ?? text;
  const mounted = volumes.find(({ target }) => text.startsWith(`${target}/`) || text === target);
  if (mounted !== undefined) return path.join(houseRoot, mounted.source, text.slice(mounted.target.length));
  return text
    .replace('http://simulator:8090', `http://127.0.0.1:${ports.simulator}`)
    .replace('127.0.0.1:8090', `127.0.0.1:${ports.simulator}`);
}
