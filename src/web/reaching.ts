import type { Logger } from '../log.ts';
import { persistenceOf } from '../store/error-persistence.ts';
import type { PageClock } from './page-clock.ts';

/** What was read, or in words why it was not. */
export type Found<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly trouble: Trouble };

/** Why something could not be read: the service is away, took too long, is not prepared, or we are wrong. */
export interface Trouble {
  readonly kind: 'away' | 'slow' | 'unready' | 'broken';
  readonly text: string;
}

/** A service that pages read from, and since when it does not answer. */
export interface Reached<Access> {
  /** Does something with it; what fails is logged, and comes back in words. */
  readonly reach: <Value>(
    work: (access: Access) => Promise<Value>,
    clock: PageClock,
  ) => Promise<Found<Value>>;
}

interface Service<Access> {
  /** As a page calls it. */
  readonly name: string;
  readonly open: () => Promise<Access>;
  readonly logger: Logger;
  readonly now: () => Date;
}

export function reached<Access>({ name, open, logger, now }: Service<Access>): Reached<Access> {
  let awaySince: Date | null = null;
  return {
    async reach(work, clock) {
      try {
        const value = await work(await open());
        if (awaySince !== null) logger.info(`${name} is back`);
        awaySince = null;
        return { ok: true, value };
      } catch (error) {
        const kind = kindOf(error);
        if (kind === 'away') {
          // Each page that is open would say it again, every other second.
          if (awaySince === null) logger.warn({ error }, `${name} is away`);
          awaySince ??= now();
        } else logger.error({ error }, `${name}: a part of a page could not be read`);
        return { ok: false, trouble: { kind, text: inWords(name, kind, error, awaySince, clock) } };
      }
    },
  };
}

/** Errors of our own that tell a person what to do. */
const ofOurs = (error: unknown): error is Error & { readonly remedy: string } =>
  error instanceof Error && 'remedy' in error && typeof error.remedy === 'string';

const unreachable = new Set(['DatabaseUnreachable', 'DatabaseSilent', 'TemporalUnreachable', 'NotRunning']);

function kindOf(error: unknown): Trouble['kind'] {
  const { name, code } = (error instanceof Error ? error : {}) as {
    readonly name?: string;
    readonly code?: unknown;
  };
  if (name !== undefined && unreachable.has(name)) return 'away';
  // Cancelled: by its time-out alone, nobody else does.
  if (code === '57014') return 'slow';
  if (ofOurs(error)) return 'unready';
  // gRPC: a deadline that has passed, and a server that is not there.
  if (code === 4 || code === 14 || name === 'ServiceError') return 'away';
  return persistenceOf(error) === 'passes' ? 'away' : 'broken';
}

function inWords(
  name: string,
  kind: Trouble['kind'],
  error: unknown,
  since: Date | null,
  clock: PageClock,
): string {
  if (kind === 'slow') return `${name} took too long to answer; load the page again, or ask for less.`;
  if (kind === 'unready' && ofOurs(error)) return `${error.message}; ${error.remedy}.`;
  if (kind === 'broken') return 'This could not be read; the log of the dashboard says why.';
  return `${name} is away since ${clock.whenText(since ?? new Date())}: this comes back when it does.`;
}
