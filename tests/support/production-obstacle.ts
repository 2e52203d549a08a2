import { spawnSync } from 'node:child_process';
import { goObstacle } from './go-tools.ts';

/** Why the services of docker-compose.yml cannot be run as plain processes here; null: they can. */
export function productionObstacle(): string | null {
  if (process.platform === 'win32') return 'its scripts need a shell';
  const missing = spawnSync('psql', ['--version']).error !== undefined;
  return missing ? 'there is no psql' : goObstacle();
}
