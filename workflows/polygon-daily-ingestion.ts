import type { IngestionRequest } from '../activities/ingestion-run.ts';
import type { RunSummary } from '../src/domain/run.ts';
import { ingest } from './ingest.ts';

/** Brings the daily bars of the sessions due at the nominal time. */
export async function polygonDailyIngestion(request: IngestionRequest): Promise<RunSummary> {
  return ingest('polygon-daily-ingestion', request);
}
