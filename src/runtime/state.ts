import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const processRef = z.object({ pid: z.int().positive(), startedAt: z.string() });

const stateSchema = z.object({
  /** The process of `barwright up` itself. */
  up: processRef,
  market: z.enum(['live', 'simulated']),
  ready: z.boolean(),
  /** With its password. */
  database: z.object({ url: z.string(), process: processRef }).nullable(),
  temporal: z.object({ address: z.string(), ui: z.string(), process: processRef }).nullable(),
  simulator: z.object({ url: z.string(), process: processRef }).nullable(),
  /** Where this machine reaches it; absent in what was written before there was one. */
  dashboard: z.object({ url: z.string(), process: processRef }).nullable().default(null),
  workers: z.array(z.object({ pool: z.string(), process: processRef })),
});

/** What `barwright up` has started, and where it is; every other command reads it. */
export type RuntimeState = z.infer<typeof stateSchema>;

/** Of the file's form: one of another form is refused rather than half understood. */
const version = 1;
const fileSchema = stateSchema.extend({ version: z.literal(version) });

/** The state file is there and cannot be understood. */
export class StateUnreadable extends Error {
  override readonly name = 'StateUnreadable';
  readonly remedy: string;
  constructor(file: string, options?: ErrorOptions) {
    super(`${file} cannot be read, or another version of barwright wrote it`, options);
    this.remedy = `end what runs from there and remove ${file}`;
  }
}

function fileIn(home: string): string {
  return path.join(home, 'state.json');
}

/** The state of a home; null where nothing was started. */
export function readState(home: string): RuntimeState | null {
  const file = fileIn(home);
  try {
    if (!existsSync(file)) return null;
    const { version: _, ...state } = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return state;
  } catch (error) {
    // It may have been removed between the two.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new StateUnreadable(file, { cause: error });
  }
}

/** Writes the state in one step: a reader sees the old one or the new one. It holds a password: mode 0600. */
export function writeState(home: string, state: RuntimeState): void {
  mkdirSync(home, { recursive: true });
  const file = fileIn(home);
  const fresh = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(fresh, JSON.stringify({ version, ...state }, null, 2));
    fsyncSync(fresh);
  } finally {
    closeSync(fresh);
  }
  renameSync(`${file}.new`, file);
}

export function removeState(home: string): void {
  rmSync(fileIn(home), { force: true });
}
