import type { IngestionRequest } from '../src/runs/ingestion-run.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { ingest, type ResumedRun } from './ingest.ts';

/** Brings the daily bars of a range of sessions. */
export async function polygonHistoricalBackfill(
  request: IngestionRequest,
  resumed?: ResumedRun,
): Promise<RunSummary> {
  return ingest('polygon-historical-backfill', request, resumed);
}
