import { sql } from 'kysely';
import { lastClosedSession, sessionDatesBetween } from '../src/calendar/exchange-calendar.ts';
import { addDays, type DateRange } from '../src/domain/date-range.ts';
import type { Database } from '../src/store/database.ts';
import { machineLine } from './figure.ts';
import { startBenchInstallation, type BenchInstallation } from './installation.ts';

/** How long whole validations take, from their start to their result, and what the worker holds meanwhile. */

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Replaces all bars by those of new companies whose prices walk at random, by cents; half of them are of both sources. */
async function fillWalks(
  db: Database,
  {
    prefix,
    companies,
    range: { from, to },
  }: { readonly prefix: string; readonly companies: number; readonly range: DateRange },
): Promise<void> {
  const dates = sessionDatesBetween({ from, to });
  await sql`truncate market.daily_bars, market.market_scores, market.quality_findings cascade`.execute(db);
  await sql`insert into market.instruments (symbol, type, active, told_by, listed_on)
    select ${prefix} || lpad(to_hex(n), 4, '0'), 'CS', true, 'polygon', '1990-01-02'
    from generate_series(1, ${companies}::int) n`.execute(db);
  await sql`insert into market.daily_bars (instrument_id, source, session_date, open, high, low, close, volume, settled, endpoint,
      run_id, observed_at)
    select id, source, day, round(open, 2), round(greatest(open, close) * up, 2), round(least(open, close) * down, 2),
      round(close, 2), volume, true, 'series', '00000000-0000-4000-8000-000000000000', now()
    from (
      select id, day, up, down, volume, close, coalesce(lag(close) over (partition by id order by day), close) * gap as open from (
        select id, day, (1 + 0.006 * random())::numeric as up, (1 - 0.006 * random())::numeric as down,
          (0.998 + 0.004 * random())::numeric as gap, (1e6 * (0.5 + random()))::bigint as volume,
          (20 + 200 * exp(sum(0.04 * (random() - 0.5)) over (partition by id order by day)))::numeric as close
        from market.instruments, unnest(${dates}::date[]) day where symbol like ${`${prefix}%`} and told_by = 'polygon'
      ) walks
    ) bars, unnest(case when id % 2 = 0 then array['polygon', 'yahoo'] else array['polygon'] end) source`.execute(
    db,
  );
  await sql`analyze`.execute(db);
}

let runs = 0;

async function validate({ client, taskQueue }: BenchInstallation, { from, to }: DateRange): Promise<unknown> {
  const parameters = { nominalTime: new Date().toISOString(), startDate: from, endDate: to };
  const workflowId = `bench/judging/${(runs += 1)}`;
  return client.workflow.execute('marketDataValidation', { workflowId, taskQueue, args: [parameters] });
}

async function measure(bench: BenchInstallation, what: string, range: DateRange): Promise<void> {
  const began = performance.now();
  const summary = await validate(bench, range);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`${what}: ${seconds} s, the worker at ${bench.workerPeakMb() ?? NaN} MB at most so far`);
  say(`  ${JSON.stringify(summary)}`);
}

say(machineLine());
const bench = await startBenchInstallation(20);
try {
  const last = lastClosedSession(new Date()).session;
  const session = { from: last, to: last };
  await fillWalks(bench.store.db, {
    prefix: 'DAY',
    companies: 10_000,
    range: { from: addDays(last, -430), to: last },
  });
  await measure(bench, 'one session of 10,000 symbols', session);
  await measure(bench, 'the same again', session);
  const decades = { from: addDays(last, -20 * 365), to: last };
  await fillWalks(bench.store.db, { prefix: 'AGE', companies: 500, range: decades });
  await measure(bench, '500 symbols x 20 years', decades);
  await measure(bench, 'the same again', decades);
} finally {
  await bench.end();
}
