import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

const tailBytes = 8_192;
const lineLength = 300;

/** How long a log is now: where what is written from here on begins. */
export function endOf(logFile: string): number {
  return existsSync(logFile) ? statSync(logFile).size : 0;
}

/** The last lines of a log, for a message; only what was written since a given length. */
export function tailOf(logFile: string, since = 0, lines = 5): string {
  if (!existsSync(logFile)) return '(no log)';
  const log = openSync(logFile, 'r');
  try {
    const from = Math.max(since, endOf(logFile) - tailBytes);
    const buffer = Buffer.alloc(tailBytes);
    const text = buffer.toString('utf8', 0, readSync(log, buffer, 0, tailBytes, from)).trim();
    const last = text.split('\n').slice(-lines);
    return last.map((line) => line.slice(0, lineLength)).join(' | ') || '(it said nothing)';
  } finally {
    closeSync(log);
  }
}
