import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundler = fileURLToPath(new URL('bundle-workflows.ts', import.meta.url));
/** All that may end in a bundle: the import arrows see to it. */
const sources = ['workflows/**/*.ts', 'src/{domain,runs,flows,temporal}/**/*.ts', 'package-lock.json'];

/**
 * The bundle of today's workflows in a home, made where there is none: by another process, since a bundler's memory
 * would stay with a worker for good. Any number of workers share it.
 */
export async function workflowBundleFile(home: string): Promise<string> {
  const folder = path.join(home, 'workflow-bundles');
  const file = path.join(folder, `${digestOfSources()}.js`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const fresh = `${file}.${randomUUID()}`;
  try {
    await promisify(execFile)(process.execPath, [bundler, fresh]);
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
  return file;
}

function digestOfSources(): string {
  const digest = createHash('sha256');
  for (const file of globSync(sources, { cwd: root }).sort()) {
    digest.update(`${file}\n`).update(readFileSync(path.join(root, file)));
  }
  return digest.digest('hex').slice(0, 16);
}
