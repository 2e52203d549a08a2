import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRunning, refOf, type ProcessRef } from './processes.ts';

/** Another `barwright up` has this home. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  readonly remedy = 'use it (barwright status), or end it with barwright down';
  readonly pid: number;
  constructor(home: string, pid: number) {
    super(`barwright up runs already in ${home}, as process ${pid}`);
    this.pid = pid;
  }
}

/** Takes the home for this process; returns what gives it back. The lock of a dead process is taken over. */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const file = path.join(home, 'lock');
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(refOf(process.pid)));
  try {
    while (!linked(own, file)) {
      const holder = holderOf(file);
      if (holder !== null && isRunning(holder)) throw new AlreadyRunning(home, holder.pid);
      removeStale(own, file);
    }
    return () => rmSync(file, { force: true });
  } finally {
    rmSync(own, { force: true });
  }
}

/** A link appears whole or not at all: nobody reads half a lock. */
function linked(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Who holds a lock; null when it is gone by now, or unreadable. */
function holderOf(file: string): ProcessRef | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessRef;
  } catch {
    return null;
  }
}

/** Of two that find the same dead holder only one may remove its lock: the other would remove the first one's new one. */
function removeStale(own: string, file: string): void {
  const guard = `${file}.takeover`;
  if (!linked(own, guard)) {
    const holder = holderOf(guard);
    if (holder === null || !isRunning(holder)) rmSync(guard, { force: true });
    return;
  }
  try {
    const holder = holderOf(file);
    if (holder === null || !isRunning(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}
