import type { IngestionRequest } from '../src/runs/ingestion-run.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { ingest, type ResumedRun } from './ingest.ts';

/** Brings the daily bars of the sessions due at the nominal time. */
export async function polygonDailyIngestion(
  request: IngestionRequest,
  resumed?: ResumedRun,
): Promise<RunSummary> {
  return ingest('polygon-daily-ingestion', request, resumed);
}
