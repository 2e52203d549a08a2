import type { IngestionRequest } from '../src/runs/ingestion-run.ts';
import type { RunSummary } from '../src/runs/run-summary.ts';
import { ingest, type ResumedRun } from './ingest.ts';

/** Reads the last sessions again once they are final: settles their bars and records what was corrected. */
export async function polygonSettlement(
  request: IngestionRequest,
  resumed?: ResumedRun,
): Promise<RunSummary> {
  return ingest('polygon-settlement', request, resumed);
}
