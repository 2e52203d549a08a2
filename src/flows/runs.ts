import type { z } from 'zod';
import { workflowIdOf } from '../runs/run-identity.ts';
import type { AnyRequest, RunCalendar, RunSessions } from '../runs/run.ts';
import type { Flow } from './flow.ts';

/** A run that a request makes, before it is started. */
export interface PlannedRun {
  readonly workflowId: string;
  readonly sessions: RunSessions;
}

/** Under which id a request runs, and for which sessions. Not for workflows: the calendar may change between deploys. */
export function plannedRun<Schema extends z.ZodObject, Request extends AnyRequest>(
  flow: Flow<Schema, Request>,
  request: Request,
  calendar: RunCalendar,
): PlannedRun {
  const sessions = flow.sessions(request, calendar);
  return {
    workflowId: workflowIdOf({
      flow: flow.name,
      span: flow.span(request, sessions),
      ...('interval' in request ? { interval: request.interval } : {}),
      others: flow.identity(request),
    }),
    sessions,
  };
}
