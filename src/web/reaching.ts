import type { Logger } from '../log.ts';
import type { PageClock } from './page-clock.ts';
import { NoAnswer, troubleKind, troubleText, type Trouble } from './trouble.ts';

/** What was read, or in words why it was not. */
export type Found<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly trouble: Trouble };

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
  /** How long a page waits for it; and while it is away, which a page finds out anew and need not wait for. */
  readonly patienceMs: number;
  readonly awayPatienceMs: number;
  readonly logger: Logger;
  readonly now: () => Date;
}

export function reached<Access>(service: Service<Access>): Reached<Access> {
  const { name, open, logger, now } = service;
  let awaySince: Date | null = null;
  const isBack = () => {
    if (awaySince !== null) logger.info(`${name} is back`);
    awaySince = null;
  };
  return {
    async reach(work, clock) {
      const patienceMs = awaySince === null ? service.patienceMs : service.awayPatienceMs;
      // A function that throws is a promise that rejects.
      const working = Promise.resolve().then(open).then(work);
      // However late: the next page has what this one does not wait for.
      working.then(isBack, () => undefined);
      try {
        return { ok: true, value: await within(working, patienceMs) };
      } catch (error) {
        const kind = troubleKind(error);
        const since = awaySince ?? now();
        if (kind !== 'away') logger.error({ error }, `${name}: a part of a page could not be read`);
        // Each page that is open would say it again, every other second.
        else if (awaySince === null) logger.warn({ error }, `${name} is away`);
        if (kind === 'away') awaySince = since;
        return { ok: false, trouble: { kind, text: troubleText(name, { kind, error, since }, clock) } };
      }
    },
  };
}

function within<Value>(working: Promise<Value>, ms: number): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`)), ms);
  return Promise.race([working, promise]).finally(() => clearTimeout(timer));
}
