import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isRunning, refOf, type ProcessRef } from './processes.ts';

/** A server already has that folder, and whoever started it still runs. */
export class AlreadyServed extends Error {
  override readonly name = 'AlreadyServed';
  readonly remedy: string;
  constructor(folder: string, pid: number) {
    super(`process ${pid} already serves ${folder}`);
    this.remedy = `end it with barwright down, or with kill -INT ${pid} if nothing else knows of it`;
  }
}

const processRef = z.object({ pid: z.int().positive(), startedAt: z.string() });
const recordSchema = z.object({ server: processRef, owner: processRef });

function fileIn(folder: string): string {
  return path.join(folder, 'server.json');
}

/** Notes in a server's folder which process serves it, and that this one has started it. */
export function recordServer(folder: string, server: ProcessRef): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.new`, JSON.stringify({ server, owner: refOf(process.pid) }));
  renameSync(`${file}.new`, file);
}

/** Ends the server that a killed process has left in a folder; throws `AlreadyServed` when its starter still runs. */
export async function endLeftover(folder: string, end: (server: ProcessRef) => Promise<void>): Promise<void> {
  const file = fileIn(folder);
  if (!existsSync(file)) return;
  const record = recordSchema.safeParse(parsed(readFileSync(file, 'utf8')));
  if (record.success && isRunning(record.data.server)) {
    if (isRunning(record.data.owner)) throw new AlreadyServed(folder, record.data.server.pid);
    await end(record.data.server);
  }
  rmSync(file, { force: true });
}

/** Half a record, after the power failed, is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
