import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import { z } from 'zod';
import { sessionDatesBetween } from '../src/calendar/exchange-calendar.ts';
import { computeIndicators } from '../src/indicators/compute-indicators.ts';
import type { Store } from '../src/store/database.ts';
import { insertRun } from '../src/store/runs.ts';
import { seriesOf, walk } from '../tests/unit/indicators/series.ts';
import { machineLine } from './figure.ts';
import { runDirectly, runThroughTemporal } from './indicator-runners.ts';

/** Indicators of many symbols: the kernels alone, then a run: new history, again, further days. */
const { values } = parseArgs({
  options: {
    symbols: { type: 'string', default: '10000' },
    'through-temporal': { type: 'boolean' },
    python: { type: 'string', default: process.env.TALIB_PYTHON ?? 'python3' },
  },
});
const symbols = Number(values.symbols);
const bars = 300;
const furtherDays = 3;
const lastSession = '2024-06-14';
const sessions = sessionDatesBetween({ from: '2020-01-01', to: lastSession }).slice(-bars - furtherDays);

async function copyLines(store: Store, target: string, lines: Iterable<string>): Promise<void> {
  const client = await store.connect();
  const stream = client.query(copyFrom(`copy ${target} from stdin`));
  for (const line of lines) if (!stream.write(line)) await once(stream, 'drain');
  stream.end();
  await finished(stream);
  client.release();
}

/** Bars of every symbol for some of the sessions, as one symbol's worth of lines at a time. */
function* barLines(runId: string, from: number, end: number): Iterable<string> {
  for (let id = 1; id <= symbols; id += 1) {
    const rows = walk(bars + furtherDays, 20 + (id % 200), id);
    const lines = sessions.slice(from, end).map((session, index) => {
      const [open, high, low, close, volume] = rows[from + index] ?? [];
      return `${id}\tpolygon\t${session}\t${open}\t${high}\t${low}\t${close}\t${volume}\ttrue\tseries\t${runId}\t${session} 22:00+00\n`;
    });
    yield lines.join('');
  }
}

const barTarget = `market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled,
  endpoint, run_id, observed_at)`;

async function fill(store: Store, runId: string): Promise<void> {
  await insertRun(store.db, {
    runId,
    workflowId: 'bench',
    flow: 'polygon-historical-backfill',
    parameters: {},
    sessions: { range: { from: '2024-01-02', to: '2024-01-02' }, sessions: [], again: [] },
    startedAt: '2024-06-15T00:00:00Z',
  });
  await sql`insert into market.instruments (symbol, type, active) select 'B' || n, 'CS', true
    from generate_series(1, ${symbols}::int) n order by n`.execute(store.db);
  await copyLines(store, barTarget, barLines(runId, 0, bars));
  await sql`vacuum analyze market.daily_bars`.execute(store.db);
}

const daysOfAllBars = 450;

async function timed<T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly result: T }> {
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1000, result };
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what}: ${figure}\n`);
}

function kernels(): void {
  const series = Array.from({ length: 1_000 }, (_, index) =>
    seriesOf(walk(bars, 20 + (index % 200), index + 1)),
  );
  let best = 0;
  for (let round = 0; round < 15; round += 1) {
    const began = performance.now();
    // As new series each: what kernels share is remembered for one and the same.
    for (const one of series) computeIndicators({ ...one });
    best = Math.max(best, (1000 * series.length) / (performance.now() - began));
  }
  say('kernels alone, one core, 300 bars', `${Math.round(best)} symbols/s`);
}

const talibAnswer = z.object({ rows: z.number(), seconds: z.number() });

/** The same rows through TA-Lib: read, computed and written by one process a core. */
function python(url: string): void {
  const what = 'the same through TA-Lib in Python';
  if (spawnSync(values.python, ['-c', 'import talib, psycopg']).status !== 0) {
    say(what, 'no TA-Lib and psycopg here (--python or TALIB_PYTHON names an interpreter that has them)');
    return;
  }
  const script = fileURLToPath(new URL('indicators_talib.py', import.meta.url));
  const said = execFileSync(values.python, [script, url], { encoding: 'utf8' });
  const { rows, seconds } = talibAnswer.parse(JSON.parse(said));
  say(what, `${seconds.toFixed(1)} s for ${rows} rows`);
}

say('machine', machineLine());
kernels();
const runner = values['through-temporal'] === true ? await runThroughTemporal() : await runDirectly();
const { store } = runner;
try {
  const runId = randomUUID();
  await fill(store, runId);
  const [before = '', ...days] = sessions.slice(bars - 1);
  const first = await timed(() => runner.calculate(before, daysOfAllBars));
  say(
    `${symbols} symbols x ${bars} bars of new history, read, compute and write`,
    `${first.seconds.toFixed(1)} s for ${first.result.changedRecords} rows`,
  );
  python(runner.databaseUrl);
  const second = await timed(() => runner.calculate(before));
  say('the same again', `${second.seconds.toFixed(1)} s for ${second.result.totalRecords} rows`);
  // What autovacuum would do while we measure.
  await sql`vacuum analyze`.execute(store.db);
  for (const [index, day] of days.entries()) {
    await copyLines(store, barTarget, barLines(runId, bars + index, bars + index + 1));
    const { seconds, result } = await timed(() => runner.calculate(day));
    say('one further day', `${seconds.toFixed(1)} s for ${result.changedRecords} rows`);
  }
} finally {
  await runner.end();
}
