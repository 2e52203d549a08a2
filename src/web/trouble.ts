import { persistenceOf } from '../store/error-persistence.ts';
import type { PageClock } from './page-clock.ts';

/** Why something could not be read: the service is away, took too long, is not prepared, or we are wrong. */
export interface Trouble {
  readonly kind: 'away' | 'slow' | 'unready' | 'broken';
  readonly text: string;
}

/** A service has not answered within the time that a page has. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Errors of our own that tell a person what to do. */
const ofOurs = (error: unknown): error is Error & { readonly remedy: string } =>
  error instanceof Error && 'remedy' in error && typeof error.remedy === 'string';

const unreachable = new Set([
  ...['NoAnswer', 'NotRunning', 'DatabaseUnreachable', 'DatabaseSilent', 'TemporalUnreachable'],
]);
/** Of gRPC: cancelled, a deadline that has passed, a server that is not there. */
const awayCodes: ReadonlySet<unknown> = new Set([1, 4, 14]);
/** PostgreSQL's for a statement that was cancelled: by its time-out, nobody else does. */
const cancelled = '57014';

export function troubleKind(error: unknown): Trouble['kind'] {
  if (!(error instanceof Error)) return 'broken';
  const codes = [error, error.cause].map((one) => (one instanceof Error && 'code' in one ? one.code : null));
  if (unreachable.has(error.name) || codes.some((code) => awayCodes.has(code))) return 'away';
  if (codes.includes(cancelled)) return 'slow';
  if (ofOurs(error)) return 'unready';
  return persistenceOf(error) === 'passes' ? 'away' : 'broken';
}

/** A trouble in words, for whoever looks at the page; details are for the log. */
export function troubleText(
  name: string,
  { kind, error, since }: { readonly kind: Trouble['kind']; readonly error: unknown; readonly since: Date },
  clock: PageClock,
): string {
  if (kind === 'slow') return `${name} took too long to answer; load the page again, or ask for less.`;
  if (kind === 'unready' && ofOurs(error)) return `${error.message}; ${error.remedy}.`;
  if (kind === 'broken') return 'This could not be read; the log of the dashboard says why.';
  return `${name} is away since ${clock.whenText(since)}: this comes back when it does.`;
}
