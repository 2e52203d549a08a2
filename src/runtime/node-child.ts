import { flushCompileCache } from 'node:module';
import type { ChildProcess } from 'node:child_process';
import { endOf, tailOf } from './log-tail.ts';
import { startDetached, stopProcess, type ProcessRef } from './processes.ts';

/** One of our own processes ended, or took too long, before it was ready. */
export class ChildFailed extends Error {
  override readonly name = 'ChildFailed';
  readonly remedy: string;
  constructor(name: string, reason: string, logFile: string, options?: ErrorOptions) {
    super(`${name} did not start: ${reason}`, options);
    this.remedy = `see ${logFile}`;
  }
}

interface NodeChildOptions {
  readonly name: string;
  readonly entry: string;
  readonly args?: readonly string[];
  /** Of node itself, such as the size of its heap. */
  readonly nodeFlags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** How long it may take until it is ready; two minutes unless told. */
  readonly deadlineMs?: number;
  /** Gives the start up: what was started is ended, and its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

interface NodeChild {
  readonly child: ChildProcess;
  readonly process: ProcessRef;
  /** What its ready message carries. */
  readonly ready: { readonly type: 'ready'; readonly url?: string };
}

const defaultDeadlineMs = 120_000;

function isReady(message: unknown): message is NodeChild['ready'] {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}

/** Tells the process that has started this one that it is ready; nothing where nobody listens. */
export function sayReady(url?: string): void {
  process.send?.({ type: 'ready', ...(url === undefined ? {} : { url }) } satisfies NodeChild['ready']);
  // At its end comes too late where it is killed.
  flushCompileCache();
}

/** Starts a TypeScript entry of ours and waits until it says that it is ready. It ends when this process does. */
export async function startNodeChild(options: NodeChildOptions): Promise<NodeChild> {
  const { name, entry, args = [], nodeFlags = [], env, logFile, signal } = options;
  signal?.throwIfAborted();
  const since = endOf(logFile);
  try {
    const { child, process: reference } = await startDetached(
      process.execPath,
      [...nodeFlags, entry, ...args],
      {
        logFile,
        ipc: true,
        ...(env ? { env } : {}),
      },
    );
    try {
      const ready = await untilReady(child, options.deadlineMs ?? defaultDeadlineMs, signal);
      return { child, process: reference, ready };
    } catch (error) {
      await stopProcess(reference, { signal: 'SIGTERM', deadlineMs: 5_000 });
      throw error;
    }
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChildFailed(name, `${reason}: ${tailOf(logFile, since)}`, logFile, { cause: error });
  }
}

function untilReady(
  child: ChildProcess,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<NodeChild['ready']> {
  const { promise, resolve, reject } = Promise.withResolvers<NodeChild['ready']>();
  const onMessage = (message: unknown) => {
    if (isReady(message)) resolve(message);
  };
  const onExit = (code: number | null, by: NodeJS.Signals | null) =>
    reject(new Error(`it ended (${by ?? `exit code ${code}`})`));
  const onAbort = () => reject(new Error('given up'));
  const timer = setTimeout(() => reject(new Error(`not ready after ${deadlineMs / 1000} s`)), deadlineMs);
  child.on('message', onMessage);
  child.once('exit', onExit);
  // It may have ended before anybody listened.
  if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
  signal?.addEventListener('abort', onAbort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('message', onMessage);
    child.off('exit', onExit);
    signal?.removeEventListener('abort', onAbort);
  });
}

/**
 * Calls back once when the parent that started this process through a channel is gone; without a channel never. Does
 * not keep the process alive by itself.
 */
export function onAbandoned(callback: () => void): void {
  // False, not undefined: there was a channel, and its end has been noticed already.
  if ((process.connected as boolean | undefined) === false) {
    queueMicrotask(callback);
    return;
  }
  process.once('disconnect', callback);
  process.channel?.unref();
}
