import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { exchangeCalendar } from '../src/calendar/exchange-calendar.ts';
import { exchangeDay } from '../src/domain/exchange-time.ts';
import { isIntraday } from '../src/domain/interval.ts';
import type { SessionDate } from '../src/domain/session.ts';
import { sources } from '../src/domain/source.ts';
import { flows, type FlowName } from '../src/flows/index.ts';
import { requestFrom } from '../src/flows/input.ts';
import { plannedRun } from '../src/flows/runs.ts';
import { hourlyDue } from '../src/runs/hourly-due.ts';
import type { RunRequest } from '../src/runs/run.ts';
import type { Database, Store } from '../src/store/database.ts';
import { readWatched } from '../src/store/instruments.ts';
import { settleLateFiring, type JoinedFirings } from '../src/store/late-firings.ts';
import { runElsewhere } from '../src/store/open-runs.ts';
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
  /** It goes on on another Temporal server, with this database, as that run. */
  readonly elsewhere?: string;
  /** Its time has passed long ago: others of its schedule may come with it, and one run is for all of them. */
  readonly late?: true;
  /** Why there is nothing to do; absent: there is. */
  readonly nothingDue?: string;
  /** Another run that is due at the same time. */
  readonly beside?: ScheduledRun;
}

/** The run that is for several firings, or when to ask for it again. */
export type JoinedRun =
  | { readonly askAgainInMs: number }
  | { readonly leads: true; readonly run: ScheduledRun }
  | { readonly leads: false; readonly run: Pick<ScheduledRun, 'workflowId' | 'doneBy'> };

/** No firing is late by that much where workers and server are up. */
const lateMs = 15 * 60_000;

function isLate(nominalTime: string): boolean {
  return Date.now() - Date.parse(nominalTime) > lateMs;
}

export interface ScheduledRunDeps {
  readonly store: Store;
  /** What Temporal calls the namespace of a client, like no other. */
  readonly namespaceIdOf: (client: Client) => Promise<string>;
  readonly served?: ServedQueue | null;
}

export function createScheduledRunActivities({ store, namespaceIdOf, served = null }: ScheduledRunDeps) {
  const { db } = store;
  return {
    /** Says under which id a firing's run belongs, and whether a repeated firing has nothing left to do. */
    async resolveScheduledRun(name: FlowName, parameters: FiringParameters): Promise<ScheduledRun> {
      const wrong = wrongQueue(flows[name].type, served);
      if (wrong !== null) throw ApplicationFailure.nonRetryable(wrong.message, wrong.name);
      const { run, request } = await resolve(name, parameters);
      const asksBars = 'interval' in request && isIntraday(request.interval);
      const due = asksBars ? hourlyDue(new Date(request.nominalTime), exchangeCalendar) : null;
      if (due?.hours === false) return { ...run, nothingDue: 'the market is closed' };
      if (await nobodyIsWatched(db, request))
        return { ...run, nothingDue: 'the watchlist is empty: barwright symbols watch AAPL,MSFT' };
      const late = isLate(request.nominalTime) ? { late: true as const } : {};
      if (due?.day !== true) return { ...run, ...late };
      const beside = await resolve(name, { ...parameters, interval: '1d' });
      return { ...run, ...late, beside: beside.run };
    },

    /**
     * Brings firings together that come late, as after an outage: the newest is for all of them, and the others are told
     * which run that is. While others may still come it is to be asked again.
     */
    async joinLateFirings(
      name: FlowName,
      { nominalTime, ...parameters }: FiringParameters,
      beside: boolean,
    ): Promise<JoinedRun> {
      const launcher = Context.current().info.workflowExecution?.runId;
      if (launcher === undefined) throw new Error('a firing is a workflow');
      const firing = { flow: name, parameters, nominalTime, launcher, beside };
      const fate = await settleLateFiring(
        store,
        firing,
        (joined) => planned(name, catchUp(name, parameters, joined)).run.workflowId,
      );
      if (fate.state === 'waits') return { askAgainInMs: fate.askAgainInMs };
      if (fate.state === 'newest')
        return { run: await catchUpRun(name, parameters, fate.joined), leads: true };
      const doneBy = await answeredRun(db, fate.run, nominalTime);
      return { run: { workflowId: fate.run, doneBy }, leads: false };
    },
  };

  async function catchUpRun(
    name: FlowName,
    parameters: object,
    joined: JoinedFirings,
  ): Promise<ScheduledRun> {
    const asked = catchUp(name, parameters, joined);
    const { run } = await resolve(name, asked);
    return joined.beside ? { ...run, beside: (await resolve(name, { ...asked, interval: '1d' })).run } : run;
  }

  async function resolve(name: FlowName, parameters: AskedParameters) {
    const { request, run } = planned(name, parameters);
    const here = () => namespaceIdOf(Context.current().client);
    return { request, run: { ...run, parameters, ...(await standingOf(db, run, request, here)) } };
  }
}

/** Whether a run has been done, or goes on elsewhere. */
async function standingOf(
  db: Database,
  { workflowId }: Pick<ScheduledRun, 'workflowId'>,
  { nominalTime }: RunRequest,
  here: () => Promise<string>,
): Promise<Pick<ScheduledRun, 'doneBy' | 'elsewhere'>> {
  const doneBy = await answeredRun(db, workflowId, nominalTime);
  if (doneBy !== null) return { doneBy };
  const elsewhere = await runElsewhere(db, workflowId, await here());
  return { doneBy, ...(elsewhere === null ? {} : { elsewhere }) };
}

async function nobodyIsWatched(db: Database, request: RunRequest): Promise<boolean> {
  if (!('source' in request) || request.symbols !== undefined) return false;
  return sources[request.source].universe === 'watched' && (await readWatched(db)).length === 0;
}

type AskedParameters = FiringParameters & { readonly interval?: string };

function planned(name: FlowName, parameters: AskedParameters) {
  const flow = flows[name];
  const request = requestFrom(flow, parameters, parameters.nominalTime);
  const { workflowId, sessions } = plannedRun(flow, request, exchangeCalendar);
  return { request, run: { workflowId, session: sessions.range.to } };
}

/** What the newest of several firings asks for all of them. */
function catchUp(name: FlowName, parameters: object, { oldest, newest }: JoinedFirings): AskedParameters {
  const flow = flows[name];
  const days = exchangeDay(Date.parse(newest)) - exchangeDay(Date.parse(oldest));
  const wider = days === 0 ? {} : flow.catchUp?.(flow.parameters.parse(parameters), days);
  return { ...parameters, ...wider, nominalTime: newest };
}

export type ScheduledRunActivities = ReturnType<typeof createScheduledRunActivities>;
