import { ApplicationFailure } from '@temporalio/common';
import { exchangeCalendar } from '../src/calendar/exchange-calendar.ts';
import { isIntraday } from '../src/domain/interval.ts';
import type { SessionDate } from '../src/domain/session.ts';
import { sources } from '../src/domain/source.ts';
import { flows, type FlowName } from '../src/flows/index.ts';
import { requestFrom } from '../src/flows/input.ts';
import { plannedRun } from '../src/flows/runs.ts';
import { hourlyDue } from '../src/runs/hourly-due.ts';
import type { RunRequest } from '../src/runs/run.ts';
import type { Store } from '../src/store/database.ts';
import { readWatched } from '../src/store/instruments.ts';
import { answeredRun } from '../src/store/run-history.ts';
import { wrongQueue, type ServedQueue } from './served-queue.ts';

/** The parameters of a firing, with the time that it fires for. */
export interface FiringParameters {
  /** ISO 8601. */
  readonly nominalTime: string;
}

/** A run that a firing of a schedule stands for. */
export interface ScheduledRun {
  readonly workflowId: string;
  readonly parameters: FiringParameters;
  /** The last session that it is for. */
  readonly session: SessionDate;
  /** The run that has asked all of it already, for this nominal time or a later one; null when none has. */
  readonly doneBy: string | null;
  /** Why there is nothing to do; absent: there is. */
  readonly nothingDue?: string;
  /** Another run that is due at the same time. */
  readonly beside?: ScheduledRun;
}

export interface ScheduledRunDeps {
  readonly store: Store;
  readonly served?: ServedQueue | null;
}

export function createScheduledRunActivities({ store: { db }, served = null }: ScheduledRunDeps) {
  return {
    /** Says under which id a firing's run belongs, and whether a repeated firing has nothing left to do. */
    async resolveScheduledRun(name: FlowName, parameters: FiringParameters): Promise<ScheduledRun> {
      const wrong = wrongQueue(flows[name].type, served);
      if (wrong !== null) throw ApplicationFailure.nonRetryable(wrong.message, wrong.name);
      const { run, request } = await resolve(name, parameters);
      const asksBars = 'interval' in request && isIntraday(request.interval);
      const due = asksBars ? hourlyDue(new Date(request.nominalTime), exchangeCalendar) : null;
      if (due?.hours === false) return { ...run, nothingDue: 'the market is closed' };
      if (await nobodyIsWatched(request))
        return { ...run, nothingDue: 'the watchlist is empty: barwright symbols watch AAPL,MSFT' };
      if (due?.day !== true) return run;
      const beside = await resolve(name, { ...parameters, interval: '1d' });
      return { ...run, beside: beside.run };
    },
  };

  async function resolve(name: FlowName, parameters: FiringParameters & { readonly interval?: string }) {
    const flow = flows[name];
    const request = requestFrom(flow, parameters, parameters.nominalTime);
    const { workflowId, sessions } = plannedRun(flow, request, exchangeCalendar);
    const doneBy = await answeredRun(db, workflowId, request.nominalTime);
    return { request, run: { workflowId, parameters, session: sessions.range.to, doneBy } };
  }

  async function nobodyIsWatched(request: RunRequest): Promise<boolean> {
    if (!('source' in request) || request.symbols !== undefined) return false;
    return sources[request.source].universe === 'watched' && (await readWatched(db)).length === 0;
  }
}

export type ScheduledRunActivities = ReturnType<typeof createScheduledRunActivities>;
