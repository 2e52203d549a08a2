import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRunning, refOf, type ProcessRef } from './processes.ts';

/** Another `barwright up` has this home. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  readonly remedy = 'use it (barwright status), or end it with barwright down';
  constructor(home: string, pid: number) {
    super(`barwright up runs already in ${home}, as process ${pid}`);
  }
}

/** Takes the home for this process; returns what gives it back. The lock of a dead process is taken over. */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true });
  const file = path.join(home, 'lock');
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(refOf(process.pid)));
  try {
    for (;;) {
      try {
        // A link appears whole or not at all: nobody reads half a lock.
        linkSync(own, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = JSON.parse(readFileSync(file, 'utf8')) as ProcessRef;
      if (isRunning(holder)) throw new AlreadyRunning(home, holder.pid);
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}
