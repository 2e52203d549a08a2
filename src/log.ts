import { pino, type DestinationStream, type Logger } from 'pino';
import { presentable } from './log-fields.ts';

export type { Logger } from 'pino';

interface LoggerOptions {
  readonly level: string;
  readonly name: string;
  /** Texts that no line may hold. */
  readonly secrets?: readonly string[];
  /** Standard error, unless told. */
  readonly destination?: DestinationStream;
}

/**
 * A process's one logger: JSON lines on standard error, so that standard output stays for results. Errors, under
 * whatever name they are handed over, are written with their kinds, stacks and causes.
 */
export function createLogger({ level, name, secrets = [], destination }: LoggerOptions): Logger {
  const lines = destination ?? pino.destination(2);
  const hide = hiding(secrets);
  return pino(
    {
      ...{ level, name, base: { name }, timestamp: pino.stdTimeFunctions.isoTime },
      // Pino knows errors under one name only.
      formatters: { log: (fields) => presentable(fields) as Record<string, unknown> },
      serializers: { err: (error: unknown) => error },
    },
    { write: (line) => lines.write(hide(line)) },
  );
}

/** Shorter ones cannot be told from words. */
const shortestSecret = 4;
const passwordOfUrl = /(:\/\/[^\s:/@"]+:)[^\s@"]+(?=@)/g;

function hiding(secrets: readonly string[]): (line: string) => string {
  const hidden = secrets.filter(({ length }) => length >= shortestSecret).flatMap(spellings);
  return (line) =>
    hidden.reduce((text, secret) => text.replaceAll(secret, '***'), line).replace(passwordOfUrl, '$1***');
}

/** A secret as it may stand in a line of JSON: as it is, as a JSON string, as a part of a URL; the longest first. */
function spellings(secret: string): readonly string[] {
  const told = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
  return [...new Set(told)].sort((a, b) => b.length - a.length);
}
