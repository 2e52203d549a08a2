import type { Market } from '../config.ts';
import type { IndicatorsSummary } from '../runs/indicators-summary.ts';
import type { MaintenanceSummary } from '../runs/maintenance-request.ts';
import type { RunSummary } from '../runs/run-summary.ts';
import { marketMark, note, printTable } from './output.ts';

/** What the run of any flow ends with. */
export type FlowSummary = RunSummary | IndicatorsSummary | MaintenanceSummary;

/** True when something of a run has failed. */
export function isFailure(summary: FlowSummary): boolean {
  return 'failed' in summary && summary.failed > 0;
}

/** A run's summary for a person. */
export function printEnd(workflowId: string, market: Market, summary: FlowSummary): void {
  if ('deleted' in summary) {
    printDeleted(workflowId, market, summary);
    return;
  }
  const title = 'calculationDate' in summary ? `${workflowId}, up to ${summary.calculationDate}` : workflowId;
  printCounts(title, market, summary);
  if (summary.note !== undefined) note(summary.note);
  if ('wentOnWithout' in summary && summary.wentOnWithout !== null)
    note(`it went on without: ${summary.wentOnWithout}`);
}

function printDeleted(title: string, market: Market, { dryRun, deleted }: MaintenanceSummary): void {
  process.stdout.write(`${marketMark(market)}${title}\n`);
  printTable(['table', dryRun ? 'rows that would go' : 'rows that went'], Object.entries(deleted));
}

const shownErrors = 10;

function printCounts(title: string, market: Market, summary: RunSummary): void {
  process.stdout.write(`${marketMark(market)}${title}\n`);
  printTable(
    ['symbols', 'successful', 'partial', 'failed', 'records', 'changed', 'settled', 'requests'],
    [
      [
        summary.totalSymbols,
        summary.successful,
        summary.partial,
        summary.failed,
        summary.totalRecords,
        summary.changedRecords,
        summary.settledRecords,
        summary.requests,
      ],
    ],
  );
  const troubled = [...summary.failedSymbols, ...summary.partialSymbols];
  for (const { symbol, error } of troubled.slice(0, shownErrors))
    process.stdout.write(`  ${symbol}: ${error}\n`);
  const more = summary.failed + summary.partial - Math.min(troubled.length, shownErrors);
  if (more > 0) process.stdout.write(`  and ${more} more: barwright runs inspect ID --json\n`);
}
