import type { SessionDate } from '../domain/session.ts';
import type { FlowName } from './index.ts';

/** A run of a flow that follows another run, which starts it. */
export interface FollowingRun {
  readonly flow: FlowName;
  readonly workflowId: string;
  /** The last that it is for. */
  readonly session: SessionDate;
  /** Of the flow. */
  readonly parameters: object;
}
