import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { freshDatabase, type TestDatabase } from './database.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** One clock for this process and a database: it moves when told, or when all that are under way sleep. */
export interface SimulatedClock {
  readonly store: TestDatabase;
  /** Epoch milliseconds. */
  readonly now: () => number;
  moveBy(ms: number): Promise<void>;
  /** Does work that waits by timers of this machine: the clock moves on beside it, however long each step takes here. */
  passing<T>(work: () => Promise<T>): Promise<T>;
  /** Where nothing is run, the clock moves at once. */
  readonly sleep: (forMs: number) => Promise<void>;
  /** Runs work to its end; whenever all of it sleeps, the clock moves on to who wakes first. */
  run(work: readonly (() => Promise<void>)[]): Promise<void>;
}

const tickMs = 20;

/** A migrated database whose `clock_timestamp()` is a clock of ours. */
export async function simulatedClock(startsAt: string): Promise<SimulatedClock> {
  // What comes before pg_catalog in the path stands in place of what is there.
  const store = await freshDatabase({ settings: ['search_path = simulated, pg_catalog, public'] });
  await sql`create schema simulated`.execute(store.db);
  await sql`create table simulated.clock (at timestamptz not null)`.execute(store.db);
  await sql`insert into simulated.clock values (${startsAt})`.execute(store.db);
  await sql`create function simulated.clock_timestamp() returns timestamptz volatile language sql
    as 'select at from simulated.clock'`.execute(store.db);
  let now = Date.parse(startsAt);
  let sleepers: readonly Sleeper[] = [];
  let underWay = 0;
  let onSleep: () => void = () => undefined;

  async function moveTo(ms: number): Promise<void> {
    now = Math.max(now, ms);
    await sql`update simulated.clock set at = to_timestamp(${now / 1000}::float8)`.execute(store.db);
  }

  async function wakeFirst(): Promise<void> {
    const first = Math.min(...sleepers.map(({ at }) => at));
    await moveTo(first);
    const awake = sleepers.filter(({ at }) => at <= first);
    sleepers = sleepers.filter(({ at }) => at > first);
    for (const { wake } of awake) wake();
  }

  return {
    store,
    now: () => now,
    moveBy: (ms) => moveTo(now + ms),
    async passing(work) {
      let ended = false;
      const working = work().finally(() => (ended = true));
      const hasEnded = () => ended;
      while (!hasEnded()) {
        await Promise.race([working.catch(() => undefined), delay(tickMs)]);
        await moveTo(now + tickMs);
      }
      return working;
    },
    sleep: (forMs) => {
      // No timer is shorter.
      const at = now + Math.max(1, forMs);
      if (underWay === 0) return moveTo(at);
      return new Promise((wake) => {
        sleepers = [...sleepers, { at, wake }];
        onSleep();
      });
    },
    run: (work) =>
      new Promise((done, fail) => {
        onSleep = () => {
          if (underWay > 0 && sleepers.length === underWay) wakeFirst().catch(fail);
        };
        underWay += work.length;
        const ended = () => {
          underWay -= 1;
          if (underWay === 0) done();
          else onSleep();
        };
        for (const one of work) one().then(ended, fail);
      }),
  };
}
