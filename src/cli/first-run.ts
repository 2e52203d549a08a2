import { addDays } from '../domain/date-range.ts';
import { exchangeDate } from '../domain/exchange-time.ts';
import { lastClosedSession } from '../calendar/exchange-calendar.ts';
import type { IngestionRequest } from '../runs/ingestion-run.ts';
import type { Flow } from '../temporal/names.ts';
import { openOperating, type Operating } from './context.ts';
import { note, printError, printSummary } from './output.ts';
import { awaitSummary, startFlow } from './run-flow.ts';

const twoYears = 730;

/** The main job on the simulated market: two years of its universe, then the last session, and what to try next. */
export async function printFirstRun(): Promise<void> {
  try {
    const operating = await openOperating('data-ingestion');
    try {
      const now = new Date();
      const last = lastClosedSession(now).session;
      const universe = { nominalTime: now.toISOString(), incremental: true };
      const range = { from: addDays(exchangeDate(now.getTime()), -twoYears), to: addDays(last, -1) };
      await runAndPrint(operating, 'polygon-historical-backfill', { ...universe, sessions: { range } });
      await runAndPrint(operating, 'polygon-daily-ingestion', { ...universe, sessions: { daysBack: 0 } });
      printNextSteps(last);
    } finally {
      await operating.close();
    }
  } catch (error) {
    // The servers go on: what failed is in the ledger, and can be tried again by hand.
    printError(error, false);
  }
}

async function runAndPrint(operating: Operating, flow: Flow, request: IngestionRequest): Promise<void> {
  const started = await startFlow(operating, flow, request);
  note(`${started.joined ? 'joined the running' : 'started'} ${started.workflowId}`);
  printSummary(started.workflowId, operating.config.market, await awaitSummary(operating, started));
}

function printNextSteps(session: string): void {
  const commands = [
    `./barwright bars AAPL --from ${addDays(session, -14)} --to ${session}`,
    './barwright runs list',
    './barwright backfill --symbols AAPL,MSFT --start-date 2015-01-01 --end-date 2015-12-31 --plan',
    './barwright status',
  ];
  process.stdout.write(`These are SIMULATED prices. Try next, in another terminal:\n`);
  for (const command of commands) process.stdout.write(`  ${command}\n`);
}
