import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  workers: z.array(z.object({ pool: z.string(), process: processRef })),
});

/** What `barwright up` has started, and where it is; every other command reads it. */
export type RuntimeState = z.infer<typeof stateSchema>;

/** The state file is there and cannot be understood. */
export class StateUnreadable extends Error {
  override readonly name = 'StateUnreadable';
  readonly remedy: string;
  constructor(file: string, options?: ErrorOptions) {
    super(`${file} cannot be read`, options);
    this.remedy = `end what runs from there and remove ${file}`;
  }
}

function fileIn(home: string): string {
  return path.join(home, 'state.json');
}

/** The state of a home; null where nothing was started. */
export function readState(home: string): RuntimeState | null {
  const file = fileIn(home);
  if (!existsSync(file)) return null;
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StateUnreadable(file, { cause: error });
  }
}

/** Writes the state in one step: a reader sees the old one or the new one. It holds a password: mode 0600. */
export function writeState(home: string, state: RuntimeState): void {
  mkdirSync(home, { recursive: true });
  const file = fileIn(home);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeState(home: string): void {
  rmSync(fileIn(home), { force: true });
}
