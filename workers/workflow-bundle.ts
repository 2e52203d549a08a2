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

/** Where an image has the bundle of its workflows. */
export const imageBundles = path.join(root, 'workflow-bundles');

/** The bundle of today's workflows: that of the image, else one in a home, made where there is none. */
export async function workflowBundleFile(home: string): Promise<string> {
  const shipped = fileIn(imageBundles);
  return existsSync(shipped) ? shipped : bundleInto(path.join(home, 'workflow-bundles'));
}

/**
 * The bundle of today's workflows in a folder, made where there is none: by another process, since a bundler's memory
 * would stay with a worker for good. Any number of workers share it.
 */
export async function bundleInto(folder: string): Promise<string> {
  const file = fileIn(folder);
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

function fileIn(folder: string): string {
  return path.join(folder, `${digestOfSources()}.js`);
}

function digestOfSources(): string {
  const digest = createHash('sha256');
  for (const file of globSync(sources, { cwd: root }).sort()) {
    digest.update(`${file}\n`).update(readFileSync(path.join(root, file)));
  }
  return digest.digest('hex').slice(0, 16);
}
