import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { refOf, spawnDetached, tailOf, type ProcessRef } from './processes.ts';

/** One of our own processes ended before it was ready. */
export class ChildFailed extends Error {
  override readonly name = 'ChildFailed';
  readonly remedy: string;
  constructor(name: string, logFile: string) {
    super(`${name} did not start: ${tailOf(logFile)}`);
    this.remedy = `see ${logFile}`;
  }
}

export interface NodeChildOptions {
  readonly name: string;
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
}

export interface NodeChild {
  readonly child: ChildProcess;
  readonly process: ProcessRef;
  /** What its ready message carries. */
  readonly ready: { readonly type: 'ready'; readonly url?: string };
}

function isReady(message: unknown): message is NodeChild['ready'] {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}

/** Starts a TypeScript entry of ours and waits until it says that it is ready. It ends when this process does. */
export async function startNodeChild(options: NodeChildOptions): Promise<NodeChild> {
  const { name, entry, args = [], env, logFile } = options;
  const child = spawnDetached(process.execPath, [entry, ...args], {
    logFile,
    ipc: true,
    ...(env ? { env } : {}),
  });
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  const reference = refOf(child.pid);
  try {
    for (;;) {
      const [message] = (await once(child, 'message', { signal: ended.signal })) as [unknown];
      if (isReady(message)) return { child, process: reference, ready: message };
    }
  } catch (error) {
    if (ended.signal.aborted) throw new ChildFailed(name, logFile);
    throw error;
  }
}

/** Calls back once when the parent that started this process through a channel is gone; without a channel never. */
export function onAbandoned(callback: () => void): void {
  process.once('disconnect', callback);
}
