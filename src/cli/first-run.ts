import { addDays } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { lastClosedSession } from '../calendar/exchange-calendar.ts';
import { flows, type FlowName } from '../flows/index.ts';
import type { RunWish } from '../operations/start-run.ts';
import { withWorkers, type WorkerContext } from './context.ts';
import { askedOf } from './flow-options.ts';
import { note, printError } from './output.ts';
import { printEnd } from './print-summary.ts';
import { awaitSummary, startFlow } from './run-flow.ts';

const backfill = 'polygon-historical-backfill';
const daily = 'polygon-daily-ingestion';
const yahoo = 'yahoo-market-data-hourly';
const indicators = 'indicators-daily-calculation';
const twoYears = 730;
/** What the first run has Yahoo bring, and computes indicators of. */
const shown = 'AAPL,MSFT,SPY,NVDA,AMZN';

/**
 * The main job on the simulated market: two years of its universe, then the last session, Yahoo's days and hours of a few
 * symbols with their figures, the indicators of them, and what to try next.
 */
export async function printFirstRun(): Promise<void> {
  try {
    await withWorkers(flows[daily].pool, flows[daily].asks, async (operating) => {
      const now = new Date();
      const last = lastClosedSession(now).session;
      const startDate = addDays(exchangeDate(now.getTime()), -twoYears);
      const years = { startDate, endDate: addDays(last, -1) };
      await runAndPrint(operating, backfill, askedOf(backfill, years, now));
      await runAndPrint(operating, daily, askedOf(daily, { daysBack: '0' }, now));
      const figures = { includeFundamentals: 'true', includeKeyStatistics: 'true' };
      const few = { symbols: shown, daysBack: '1' };
      await runAndPrint(operating, yahoo, askedOf(yahoo, { ...few, ...figures, interval: '1d' }, now));
      await runAndPrint(operating, yahoo, askedOf(yahoo, { ...few, interval: '1h' }, now));
      await computeAndPrint(askedOf(indicators, { symbols: shown }, now));
      printNextSteps(last);
    });
  } catch (error) {
    // The servers go on: what failed is in the ledger, and can be tried again by hand.
    printError(error, false);
  }
}

/** By the pool of its own. */
async function computeAndPrint(asked: RunWish): Promise<void> {
  const { pool, asks } = flows[indicators];
  await withWorkers(pool, asks, (operating) => runAndPrint(operating, indicators, asked));
}

async function runAndPrint(operating: WorkerContext, flow: FlowName, asked: RunWish): Promise<void> {
  const started = await startFlow(operating, flow, asked);
  note(`${started.joined ? 'joined the running' : 'started'} ${started.workflowId}`);
  const summary = await awaitSummary(operating, flow, started);
  printEnd({ ...started, market: operating.config.market, summary }, 'fitting');
}

function printNextSteps(session: string): void {
  const range = `--from ${addDays(session, -14)} --to ${session}`;
  const commands = [
    `./barwright bars AAPL,MSFT ${range}`,
    `./barwright bars AAPL ${range} --interval 1h`,
    `./barwright indicators AAPL ${range}`,
    './barwright actions AAPL',
    './barwright fundamentals AAPL',
    './barwright runs list',
    './barwright backfill --symbols AAPL,MSFT --start-date 2015-01-01 --end-date 2015-12-31 --plan',
    './barwright status',
  ];
  process.stdout.write(`These are SIMULATED prices. Try next, in another terminal:\n`);
  for (const command of commands) process.stdout.write(`  ${command}\n`);
}
