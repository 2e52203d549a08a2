import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process that is told apart from a later one with the same id by the time it started. */
export interface ProcessRef {
  readonly pid: number;
  readonly startedAt: string;
}

/** When the process with that id started, in the system's own notation; null when there is none. */
function startOf(pid: number): string | null {
  try {
    if (existsSync('/proc/self/stat')) {
      // The command's name, in parentheses, may hold blanks: the fields are counted from its end.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/** The reference of a process that runs now. */
export function refOf(pid: number | undefined): ProcessRef {
  const startedAt = pid === undefined ? null : startOf(pid);
  if (pid === undefined || startedAt === null) throw new Error('the process ended as soon as it was started');
  return { pid, startedAt };
}

/** True while that very process runs. */
export function isRunning({ pid, startedAt }: ProcessRef): boolean {
  return startOf(pid) === startedAt;
}

export interface SpawnOptions {
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A channel for a node process: it notices the end of its parent by it. */
  readonly ipc?: boolean;
  /** Another user to run as. */
  readonly identity?: { readonly uid: number; readonly gid: number };
}

/** Starts a process in a group of its own, so that a terminal's Ctrl-C does not reach it; its output goes to the log. */
export function spawnDetached(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  mkdirSync(path.dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    return spawn(command, [...args], {
      detached: true,
      env: options.env ?? process.env,
      ...options.identity,
      stdio: ['ignore', log, log, ...(options.ipc ? (['ipc'] as const) : [])],
    });
  } finally {
    closeSync(log);
  }
}

const pollMs = 50;

/** Waits until a process has ended; false when it still runs at the deadline. */
export async function waitForEnd(process: ProcessRef, deadlineMs: number): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (isRunning(process)) {
    if (performance.now() >= end) return false;
    await delay(pollMs);
  }
  return true;
}

/** Asks a process to end, and ends it by force after the deadline; one that is another by now is left alone. */
export async function stopProcess(
  target: ProcessRef,
  { signal, deadlineMs }: { readonly signal: NodeJS.Signals; readonly deadlineMs: number },
): Promise<void> {
  for (const step of [signal, 'SIGKILL'] as const) {
    if (!isRunning(target)) return;
    try {
      process.kill(target.pid, step);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
    if (await waitForEnd(target, deadlineMs)) return;
  }
  throw new Error(`process ${target.pid} does not end`);
}

/** The last lines of a log, for a message. */
export function tailOf(logFile: string, lines = 5): string {
  if (!existsSync(logFile)) return '(no log)';
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join(' | ');
}
