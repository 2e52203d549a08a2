import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { finished } from './buildah.ts';

const cache = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
  'barwright',
  'go-tools',
);

/** A program that is built from its Go module, once, into the cache. */
interface GoTool {
  readonly name: string;
  readonly version: string;
  readonly module: string;
}

/** The last release that the Go of today builds. */
const temporal = '1.32.0';

export const goTools = {
  composeParser: { name: 'cmd', version: '2.16.2', module: 'github.com/compose-spec/compose-go/v2/cmd' },
  temporalSqlTool: { name: 'sql', version: temporal, module: 'go.temporal.io/server/cmd/tools/sql' },
  temporalServer: { name: 'server', version: temporal, module: 'go.temporal.io/server/cmd/server' },
} as const satisfies Readonly<Record<string, GoTool>>;

/** Why such programs cannot be had here; null: they can. */
export function goObstacle(): string | null {
  const areBuilt = Object.values(goTools).every((tool) => existsSync(placeOf(tool)));
  if (areBuilt || spawnSync('go', ['version']).error === undefined) return null;
  return 'there is no Go to build them with';
}

function placeOf({ name, version }: GoTool): string {
  return path.join(cache, `${name}-${version}`, name);
}

/** Where a program is; the first time it is built, which for the server takes minutes. */
export async function goTool(tool: GoTool): Promise<string> {
  const place = placeOf(tool);
  if (existsSync(place)) return place;
  const work = path.join(cache, `build-${randomUUID()}`);
  mkdirSync(work, { recursive: true });
  const env = {
    ...process.env,
    GOBIN: work,
    CGO_ENABLED: '0',
    // Of the module only the program is kept.
    GOMODCACHE: process.env.GOMODCACHE ?? path.join(work, 'modules'),
    GOCACHE: process.env.GOCACHE ?? path.join(work, 'cache'),
    GOFLAGS: `${process.env.GOFLAGS ?? ''} -modcacherw`.trim(),
  };
  try {
    await finished('go', ['install', `${tool.module}@v${tool.version}`], env);
    mkdirSync(path.dirname(place), { recursive: true });
    renameSync(path.join(work, tool.name), place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return place;
}
