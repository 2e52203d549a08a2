import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process that is told apart from a later one with the same id by the time it started. */
export interface ProcessRef {
  readonly pid: number;
  readonly startedAt: string;
}

/** A program could not be started, or ended at once. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  readonly remedy = 'see its log, and whether the program is one for this machine';
}

/** When the process with that id started, in the system's own notation; null when there is none. */
function startOf(pid: number): string | null {
  try {
    if (existsSync('/proc/self/stat')) {
      // The command's name, in parentheses, may hold blanks: the fields are counted from its end.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[0] === 'Z' || fields[19] === undefined ? null : `${bootId()}/${fields[19]}`;
    }
    const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim() || null;
  } catch {
    return null;
  }
}

/** The times in /proc count from the start of the machine: after another start the same time means another process. */
function bootId(): string {
  const file = '/proc/sys/kernel/random/boot_id';
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

/** The reference of a process that runs now; throws `StartFailed` when none does. */
export function refOf(pid: number | undefined): ProcessRef {
  const startedAt = pid === undefined ? null : startOf(pid);
  if (pid === undefined || startedAt === null) {
    throw new StartFailed('the process ended as soon as it was started');
  }
  return { pid, startedAt };
}

/** True while a process with that id runs, be it another's. */
export function isAlive(pid: number): boolean {
  return startOf(pid) !== null;
}

/** True while that very process runs. */
export function isRunning({ pid, startedAt }: ProcessRef): boolean {
  return startOf(pid) === startedAt;
}

interface SpawnOptions {
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A channel for a node process: it notices the end of its parent by it. */
  readonly ipc?: boolean;
  /** Another user to run as. */
  readonly identity?: { readonly uid: number; readonly gid: number };
  readonly cwd?: string;
}

/**
 * Starts a process in a group of its own, so that a terminal's Ctrl-C does not reach it; its output goes to the log.
 * Throws `StartFailed` when the system does not start it.
 */
export async function startDetached(
  command: string,
  args: readonly string[],
  { logFile, env = process.env, ipc = false, identity, cwd }: SpawnOptions,
): Promise<{ readonly child: ChildProcess; readonly process: ProcessRef }> {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(command, [...args], {
      detached: true,
      env,
      ...identity,
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['ignore', log, log, ...(ipc ? (['ipc'] as const) : [])],
    });
    await once(child, 'spawn');
    return { child, process: refOf(child.pid) };
  } catch (error) {
    if (error instanceof StartFailed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartFailed(`${command} cannot be started: ${reason}`, { cause: error });
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

/** Signals a process and waits for its end; one that is gone, or is another by now, is left alone and counts as ended. */
export async function endsUpon(
  signal: NodeJS.Signals,
  target: ProcessRef,
  deadlineMs: number,
): Promise<boolean> {
  if (!isRunning(target)) return true;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
  return waitForEnd(target, deadlineMs);
}

const killDeadlineMs = 10_000;

/** Asks a process to end, and ends it by force after the deadline; one that is another by now is left alone. */
export async function stopProcess(
  target: ProcessRef,
  { signal, deadlineMs }: { readonly signal: NodeJS.Signals; readonly deadlineMs: number },
): Promise<void> {
  if (await endsUpon(signal, target, deadlineMs)) return;
  if (await endsUpon('SIGKILL', target, killDeadlineMs)) return;
  throw new Error(`process ${target.pid} does not end`);
}
