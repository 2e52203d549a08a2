import { Context } from '@temporalio/activity';
import { laneOf } from '../src/domain/lane.ts';
import { flows } from '../src/flows/index.ts';
import type { Caller } from '../src/providers/provider.ts';

/** What work has that its workflow gives no priority, as Temporal counts. */
const usualPriority = 3;

/**
 * Who asks the providers in this activity: the flow whose workflow it works for, as urgent as it is declared, or else what
 * the workflow has inherited. Only inside an activity.
 */
export function caller(): Caller {
  const { cancellationSignal: signal, info } = Context.current();
  const flow = Object.values(flows).find(({ type }) => type === info.workflowType);
  const priorityKey = flow?.priorityKey ?? info.priority?.priorityKey ?? usualPriority;
  return { signal, lane: laneOf(priorityKey) };
}
