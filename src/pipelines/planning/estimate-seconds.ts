import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import type { Database } from '../../store/database.ts';
import { measuredThroughput } from '../../store/throughput.ts';

/** How long something takes, and what says so. */
export interface Estimate {
  readonly seconds: number;
  /** What the pace of the source alone takes. */
  readonly paceSeconds: number;
  readonly rowsPerSecond: number;
  /** False: no earlier run tells, and a usual figure stands in. */
  readonly measured: boolean;
}

/** What a small machine keeps, where no run has shown what this one does. */
const usualRowsPerSecond = 5_000;

/** How long requests and the rows that they bring take: they are asked and kept side by side, the slower one counts. */
export async function estimateSeconds(
  db: Database,
  { source, interval }: Pick<IngestionRequest, 'source' | 'interval'>,
  asked: { readonly requests: number; readonly rows: number; readonly requestsPerMinute: number },
): Promise<Estimate> {
  const secondsPerRequest = 61 / asked.requestsPerMinute;
  const measured = await measuredThroughput(db, { source, interval, secondsPerRequest });
  const rowsPerSecond = measured ?? usualRowsPerSecond;
  const paceSeconds = Math.ceil(asked.requests * secondsPerRequest);
  const seconds = Math.max(paceSeconds, Math.ceil(asked.rows / rowsPerSecond));
  return { seconds, paceSeconds, rowsPerSecond, measured: measured !== null };
}
