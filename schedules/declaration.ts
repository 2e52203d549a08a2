import type { FlowName } from '../src/flows/index.ts';

/** When a flow runs by the clock: a Temporal Schedule whose id is the flow's name. */
export interface ScheduleDeclaration {
  readonly flow: FlowName;
  /** Five fields, read in the time zone of all schedules. */
  readonly cron: string;
  /** What a firing asks beside the flow's own defaults, the time that it fires for apart. */
  readonly parameters: object;
}

export const timeZone = 'America/Chicago';
