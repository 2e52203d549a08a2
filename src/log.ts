import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** A process's one logger: JSON lines on standard error, so that standard output stays for results. */
export function createLogger(level: string, name: string): Logger {
  return pino({ level, name, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
