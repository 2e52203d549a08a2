import type { IngestionRequest } from '../src/runs/ingestion-run.ts';
import type { Flow } from '../src/temporal/names.ts';

/** A pipeline that runs by the clock: a Temporal Schedule whose id is the flow's name. */
export interface ScheduleDeclaration {
  readonly flow: Flow;
  readonly description: string;
  /** Five fields, read in the time zone of all schedules. */
  readonly cron: string;
  /** What a firing asks, the time that it fires for apart. */
  readonly request: Omit<IngestionRequest, 'nominalTime'>;
  /** Paused for as long as this provider cannot be asked. */
  readonly provider: 'polygon' | 'yahoo';
}

export const timeZone = 'America/Chicago';
