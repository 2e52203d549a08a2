import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { dayNumber } from '../src/domain/date-range.ts';
import type { IncomingBars } from '../src/store/bars/incoming-bars.ts';
import type { Store } from '../src/store/database.ts';
import { transaction } from '../src/store/transaction.ts';
import { writeBars } from '../src/store/write-bars.ts';
import { leastMs, type Figure } from './figure.ts';

/** What it costs to keep the masks of covered days: the same writes with the triggers that do, and without them. */

/** Weekdays from a date on, days since 1970-01-01. */
function weekdays(from: string, count: number): readonly number[] {
  const days = Array.from({ length: 2 * count }, (_, at) => dayNumber(from) + at);
  return days.filter((day) => ![0, 6].includes(new Date(day * 86_400_000).getUTCDay())).slice(0, count);
}

/** A bar of each instrument on each day, by instrument; all of one price, which no write looks at. */
function barsOf(instruments: number, days: readonly number[]): IncomingBars {
  const length = instruments * days.length;
  const all = (value: number) => new Float64Array(length).fill(value);
  const at = <T>(of: (instrument: number, day: number) => T) =>
    Array.from({ length }, (_, row) => of(Math.floor(row / days.length), days[row % days.length] ?? NaN));
  return {
    bars: {
      ...{ length, day: Int32Array.from(at((_, day) => day)), opensAtMs: null },
      ...{ open: all(10), high: all(11), low: all(9), close: all(10), volume: all(1_000) },
      ...{ vwap: all(10), trades: all(100) },
    },
    instrumentIds: Int32Array.from(at((instrument) => instrument + 1)),
    ...{ settledThrough: dayNumber('2030-01-01'), splitBasis: null },
    ...{ endpoint: 'series', observedAt: '2025-01-02T12:00:00.000Z' },
  };
}

async function write(store: Store, bars: IncomingBars): Promise<void> {
  const origin = { source: 'polygon', interval: '1d', runId: randomUUID() } as const;
  await transaction(store, (tx) => writeBars(tx, origin, [bars]));
}

/** What notes that bars have come: the triggers, and what a copy past them calls. */
const notes = sql<{ definition: string; removal: string }>`
  select pg_get_triggerdef(oid) as definition, format('drop trigger %I on market.daily_bars', tgname) as removal
  from pg_trigger where tgrelid = 'market.daily_bars'::regclass and tgname like 'note\\_%'
  union all
  select pg_get_functiondef(oid), format('create or replace function %s(%s) returns void language sql as ''select''',
    oid::regproc, pg_get_function_arguments(oid))
  from pg_proc where oid = 'market.note_daily_copied'::regproc`;

/** Takes the triggers away while some work is done: one that is disabled still slows a COPY. */
async function withoutMasks<T>({ db }: Store, work: () => Promise<T>): Promise<T> {
  const { rows } = await notes.execute(db);
  for (const { removal } of rows) await sql.raw(removal).execute(db);
  try {
    return await work();
  } finally {
    for (const { definition } of rows) await sql.raw(definition).execute(db);
    await sql`select market.rebuild_coverage('-infinity', 'infinity')`.execute(db);
  }
}

/** Writes of a session of the market within a month, and of a backfill, with the masks and without in turn. */
export async function masksBesideNone(
  store: Store,
  runs: number,
  empty: () => Promise<void>,
): Promise<readonly Figure[]> {
  const [before = NaN, session = NaN] = weekdays('2024-06-10', 2);
  const [yesterday, today] = [barsOf(10_000, [before]), barsOf(10_000, [session])];
  const decade = barsOf(20, weekdays('2014-01-01', 2_600));
  const withinMonth = async () => {
    await empty();
    await write(store, yesterday);
  };
  return [
    {
      what: 'write of a session of 10,000 symbols with the masks of covered days, beside without',
      ...(await besideNone(store, runs, () => leastMs(1, () => write(store, today), withinMonth))),
    },
    {
      what: 'write of 20 symbols x 10 years with the masks of covered days, beside without',
      ...(await besideNone(store, runs, () => leastMs(1, () => write(store, decade), empty))),
    },
  ];
}

/** The least of several runs each; in turn, so that what else a machine does falls on both. */
async function besideNone(
  store: Store,
  runs: number,
  once: () => Promise<number>,
): Promise<Omit<Figure, 'what'>> {
  let [ours, bare] = [Infinity, Infinity];
  for (let run = 0; run < runs; run += 1) {
    ours = Math.min(ours, await once());
    bare = Math.min(bare, await withoutMasks(store, once));
  }
  return { unit: 'ms', ours, bare };
}
