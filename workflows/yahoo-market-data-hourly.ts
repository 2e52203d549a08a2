import type { IngestionRequest } from '../src/runs/ingestion-run.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { ingest, type ResumedRun } from './ingest.ts';

/** Brings hourly or daily bars from Yahoo Finance, with the corporate actions that come along. */
export async function yahooMarketDataHourly(
  request: IngestionRequest,
  resumed?: ResumedRun,
): Promise<RunSummary> {
  return ingest('yahoo-market-data-hourly', request, resumed);
}
