import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { barsAt, type BarColumns } from '../src/domain/bar-columns.ts';
import { finalThrough } from '../src/domain/finality.ts';
import type { DateRange } from '../src/domain/date-range.ts';
import { lastClosedSession } from '../src/calendar/exchange-calendar.ts';
import { createPolygonProvider, type PolygonProvider } from '../src/providers/polygon/client.ts';
import type { IncomingBars } from '../src/store/bars/incoming-bars.ts';
import { writeBars } from '../src/store/write-bars.ts';
import { resolveSymbols } from '../src/store/instruments.ts';
import { transaction } from '../src/store/transaction.ts';
import type { BenchInstallation } from './installation.ts';

/** The same work in this process, without Temporal, ledger or retries: what orchestration is measured against. */

const concurrency = 8;

function provider({ marketUrl }: BenchInstallation): PolygonProvider {
  return createPolygonProvider({
    baseUrl: marketUrl,
    apiKey: 'bench',
    beforeRequest: () => Promise.resolve(),
  });
}

async function idsOf(
  { store }: BenchInstallation,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const resolved = await resolveSymbols(store.db, symbols);
  return new Map(
    [...resolved].flatMap(([symbol, found]) =>
      found.kind === 'found' ? [[symbol, found.instrument.id]] : [],
    ),
  );
}

function incoming(bars: BarColumns, instrumentIds: Int32Array, observedAt: string): IncomingBars {
  const settledThrough = finalThrough('polygon', Date.parse(observedAt));
  return { bars, instrumentIds, settledThrough, splitBasis: null, endpoint: 'series', observedAt };
}

async function write({ store }: BenchInstallation, bars: readonly IncomingBars[]): Promise<void> {
  const origin = { source: 'polygon', interval: '1d', runId: randomUUID() } as const;
  await transaction(store, (tx) => writeBars(tx, origin, bars));
}

export async function bareMarketDay(bench: BenchInstallation): Promise<void> {
  const answer = await provider(bench).marketDay(lastClosedSession(new Date()).session);
  const ids = await idsOf(bench, answer.symbols);
  const rows = answer.symbols.flatMap((symbol, row) => (ids.has(symbol) ? [row] : [])).slice(0, 10_000);
  const instrumentIds = Int32Array.from(rows, (row) => ids.get(answer.symbols[row] ?? '') ?? NaN);
  await write(bench, [
    incoming(barsAt(answer.bars, Int32Array.from(rows)), instrumentIds, answer.observedAt),
  ]);
}

export async function bareBackfill(
  bench: BenchInstallation,
  symbols: readonly string[],
  range: DateRange,
): Promise<void> {
  const source = provider(bench);
  const ids = await idsOf(bench, symbols);
  const queue = symbols.values();
  let bars: IncomingBars[] = [];
  let rows = 0;
  const lanes = Array.from({ length: concurrency }, async () => {
    for (const symbol of queue) {
      const answer = await source.series(symbol, { interval: '1d', range });
      const instrumentIds = new Int32Array(answer.bars.length).fill(ids.get(symbol) ?? NaN);
      bars.push(incoming(answer.bars, instrumentIds, answer.observedAt));
      rows += answer.bars.length;
      if (rows < 20_000) continue;
      const batch = bars;
      bars = [];
      rows = 0;
      await write(bench, batch);
    }
  });
  await Promise.all(lanes);
  await write(bench, bars);
}

export async function barePerSymbol(bench: BenchInstallation, symbols: readonly string[]): Promise<void> {
  const { session } = lastClosedSession(new Date());
  await bareBackfill(bench, symbols, { from: session, to: session });
}

/** The tables of bars, with what tells the rows of one apart. */
const keyOf = {
  daily_bars: 'instrument_id, source, session_date',
  intraday_bars: 'instrument_id, source, interval, session_date, opens_at',
} as const;

/** Milliseconds, the least of several runs, for COPY into a staging table and the upsert of the rows that a table holds. */
export async function copyAndUpsert(
  { store }: BenchInstallation,
  table: keyof typeof keyOf,
  runs: number,
): Promise<number> {
  const client = await store.connect();
  try {
    const rows = await buffer(client.query(copyTo(`copy (select * from market.${table}) to stdout`)));
    await client.query(`create temp table staged (like market.${table})`);
    let least = Infinity;
    for (let run = 0; run < runs; run += 1) {
      await client.query(`truncate market.${table}, staged`);
      const began = performance.now();
      await client.query('begin');
      await pipeline(Readable.from([rows]), client.query(copyFrom('copy staged from stdin')));
      await client.query(`insert into market.${table} select * from staged order by source, session_date, instrument_id
        on conflict (${keyOf[table]}) do update set close = excluded.close`);
      await client.query('commit');
      least = Math.min(least, performance.now() - began);
    }
    return least;
  } finally {
    client.release(true);
  }
}
