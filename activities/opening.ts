import { Context, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { closeCounted } from '../src/pipelines/closing/count-ended.ts';
import { exchangeCalendar, OutsideCalendar } from '../src/calendar/exchange-calendar.ts';
import { exchangeDate } from '../src/domain/exchange-time.ts';
import type { SessionDate } from '../src/domain/session.ts';
import { runFlowOf } from '../src/flows/run-flows.ts';
import { ContradictoryParameters } from '../src/runs/contradictory-parameters.ts';
import type { RunFailure } from '../src/domain/load-error.ts';
import { emptySummary } from '../src/runs/run-summary.ts';
import type { AnyRequest, Run, RunSessions } from '../src/runs/run.ts';
import { policyOf, type PolicyChoices, type RunPolicy } from '../src/runs/run-policy.ts';
import type { Store } from '../src/store/database.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { evidenceOf } from '../src/store/json.ts';
import { insertRun } from '../src/store/runs.ts';
import { wrongQueue, type ServedQueue } from './served-queue.ts';

export interface OpeningDeps {
  readonly store: Store;
  readonly policyChoices: PolicyChoices;
  /** Tells whoever sees to the ends of runs that there is one more. */
  readonly wakeKeeper: (client: Client) => Promise<void>;
  /** What Temporal calls the namespace of a client, like no other. */
  readonly namespaceIdOf: (client: Client) => Promise<string>;
  /** None: whatever comes is done. */
  readonly served?: ServedQueue | null;
}

/** What a run has to keep to, and the last session that it is for. */
export interface OpenedRun extends RunPolicy {
  readonly session: SessionDate;
}

/** Symbols that the ledger keeps of a request: the loads have all of them. */
const keptSymbols = 1_000;

export function createOpeningActivities(deps: OpeningDeps) {
  const { store, policyChoices, wakeKeeper, namespaceIdOf, served = null } = deps;
  return {
    /**
     * Enters a run into the ledger, with the sessions that it is for, and says what it has to keep to. A request that no
     * session fits, or on the task queue of another pool, is entered as well, and fails for good. Runs that were opened
     * before do not say who started them; `parentRunId` is that of the run that had this one done.
     */
    async openRun(
      { request, ...run }: Run<AnyRequest>,
      startedBy: string | null = null,
      parentRunId: string | null = null,
    ): Promise<OpenedRun> {
      const flow = runFlowOf(run.flow);
      if (flow === null) throw ApplicationFailure.nonRetryable(`there is no flow ${run.flow}`);
      const workOut = () => flow.sessions(request, exchangeCalendar);
      const sessions = wrongQueue(flow.type, served) ?? sessionsOrError(workOut);
      const entered = sessions instanceof Error ? noSessions(request.nominalTime) : sessions;
      const { client } = Context.current();
      const { namespace } = client.options;
      const parameters = parametersOf(request);
      const namespaceId = await namespaceIdOf(client);
      const where = { namespace, namespaceId, startedBy, parentRunId };
      await insertRun(store.db, { ...run, ...where, sessions: entered, parameters });
      // Without it the run is seen to within minutes, which is no reason not to begin.
      await wakeKeeper(client).catch((error: unknown) => {
        log.warn('the ledger has no keeper', { error });
      });
      if (sessions instanceof Error) throw ApplicationFailure.nonRetryable(sessions.message, sessions.name);
      return { ...policyOf(flow.policy, policyChoices), session: sessions.range.to };
    },

    /** Enters a run that failed before it began: its input asks none. */
    async refuseRun(run: Omit<Run, 'request'>, input: unknown, error: RunFailure): Promise<void> {
      const { db } = store;
      const parameters = { input: evidenceOf(input) };
      await insertRun(db, { ...run, sessions: noSessions(run.startedAt), parameters });
      await closeCounted(db, run.runId, { status: 'failed', summary: { ...emptySummary, error } });
      await addRunEvents(db, run.runId, [{ level: 'error', message: error.message, data: error }]);
    },
  };
}

function sessionsOrError(workOut: () => RunSessions): RunSessions | Error {
  try {
    return workOut();
  } catch (error) {
    if (error instanceof ContradictoryParameters || error instanceof OutsideCalendar) return error;
    throw error;
  }
}

function noSessions(nominalTime: string): RunSessions {
  const today = exchangeDate(Date.parse(nominalTime));
  return { range: { from: today, to: today }, sessions: [], again: [] };
}

function parametersOf(request: AnyRequest): object {
  if (!('symbols' in request)) return request;
  return { ...request, symbols: request.symbols.slice(0, keptSymbols) };
}

export type OpeningActivities = ReturnType<typeof createOpeningActivities>;
