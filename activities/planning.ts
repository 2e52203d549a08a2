import { passingErrorKinds } from '../src/domain/provider-errors.ts';
import type { RequestPlan } from '../src/planning/plan-requests.ts';
import type { Store } from '../src/store/database.ts';
import { lastSync, resolveSymbols } from '../src/store/instruments.ts';
import { dropPlan, insertRequests, reopenRequests, type PlannedRequest } from '../src/store/load-requests.ts';
import { insertLoads, plannableLoads, recordOutcomes, unidentifiedLoads } from '../src/store/load-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { openRun } from '../src/store/runs.ts';
import { transaction } from '../src/store/transaction.ts';
import { sampleSize } from './cross-check.ts';
import { intervalOf, sourceOf, type IngestionRequest, type IngestionRun } from '../src/runs/ingestion-run.ts';
import { planFor } from '../src/pipelines/planning/plan-cells.ts';
import type { ReferenceList } from './reference.ts';
import { policyOf, type FlowPolicy, type PolicyChoices } from '../src/runs/run-policy.ts';
import { sessionsOf } from '../src/runs/run-sessions.ts';
import type { Source } from '../src/pipelines/sources/sources.ts';
import type { SourceName } from '../src/domain/source.ts';
import { loadsOf } from '../src/pipelines/planning/wished-loads.ts';

export interface PlanningDeps {
  readonly store: Store;
  /** How often each source may be asked. */
  readonly sources: Readonly<Record<SourceName, Pick<Source, 'requestsPerMinute'>>>;
  readonly batchSize: number;
  readonly policyChoices: PolicyChoices;
}

const dayMs = 86_400_000;
/** Reading the whole list is about a dozen requests: cheaper than so many look-ups. */
const lookUpsWorthAList = 12;
/** A batch of requests should not last longer than this. */
const batchMinutes = 10;

/** From this rate on a second batch fetches while the first one writes. */
const fastRequestsPerMinute = 600;
const batchesAtOnce = 2;

/** What a run has to keep to, and the reference lists that it needs first. */
export interface RunPolicy extends FlowPolicy {
  readonly listsDue: readonly ReferenceList[];
  /** How long the comparison of the endpoints may take by the pace alone. */
  readonly crossCheckSeconds: number;
}
export interface EnteredLoads {
  readonly unidentified: number;
  /** How long the look-ups may take. */
  readonly seconds: number;
}
export interface PlannedWave {
  readonly batches: number;
  /** Batches under way at once. */
  readonly window: number;
  /** How long one batch may take by the pace alone. */
  readonly seconds: number;
  /** How long all of them may take by the pace alone. */
  readonly totalSeconds: number;
}

export function createPlanningActivities(deps: PlanningDeps) {
  const { store } = deps;
  const { db } = store;
  const paceOf = (source: SourceName) => paceFor(deps.sources[source].requestsPerMinute, deps.batchSize);

  return {
    /** Enters the run into the ledger and says what it has to keep to. */
    async openRun(run: IngestionRun): Promise<RunPolicy> {
      const { workflowId, runId, flow, startedAt, request } = run;
      const { symbols, ...rest } = request;
      const parameters = symbols === undefined ? rest : { ...rest, symbols: symbols.slice(0, 1000) };
      await openRun(db, { workflowId, runId, flow, startedAt, parameters });
      return {
        ...policyOf(flow, deps.policyChoices),
        listsDue: await listsDue(store, request),
        crossCheckSeconds: paceOf(sourceOf(request)).secondsFor(sampleSize),
      };
    },

    /** Enters one load a symbol. */
    async enterLoads({ workflowId, runId, request }: IngestionRun): Promise<EnteredLoads> {
      const { range, sessions } = sessionsOf(request);
      const loads = await loadsOf(store, request);
      const source = sourceOf(request);
      await insertLoads(db, { workflowId, runId, source, interval: intervalOf(request), range, loads });
      const unidentified = (await unidentifiedLoads(db, runId)).length;
      const message = `${loads.length} symbols, ${sessions.length} sessions from ${range.from} to ${range.to}`;
      await addRunEvents(store.db, runId, [{ level: 'info', message }]);
      return { unidentified, seconds: paceOf(source).secondsFor(unidentified * 4) };
    },

    /** Turns what is missing into the fewest requests, kept in the database; loads without any are complete. */
    async planLoads({ runId, request }: IngestionRun, wave: number): Promise<PlannedWave> {
      const loads = await plannableLoads(db, runId);
      const { secondsFor, size, waveOf } = paceOf(sourceOf(request));
      const { plan, complete } = await planFor(store, { request, loads });
      await recordOutcomes(store.db, complete.map(nothingToDo));
      const batches = await transaction(store, (tx) =>
        insertRequests(tx, { runId, wave }, plannedRequests(plan), size),
      );
      const { total, wholeMarket, perSeries } = plan.requests;
      const message =
        `${total} requests (${wholeMarket} whole-market, ${perSeries} per-symbol) for ${plan.expectedRows} bars; ` +
        `${complete.length} symbols had nothing missing`;
      await addRunEvents(store.db, runId, [{ level: 'info', message, data: plan.requests }]);
      return { ...waveOf(batches), totalSeconds: secondsFor(total) };
    },

    /** Opens again what failed for a passing cause. */
    async reopenFailed(runId: string, wave: number, source: SourceName = 'polygon'): Promise<PlannedWave> {
      const { size, waveOf } = paceOf(source);
      const batches = await transaction(store, (tx) =>
        reopenRequests(tx, { runId, wave }, passingErrorKinds, size),
      );
      if (batches > 0) {
        const message = `what failed for a passing cause is tried again: round ${wave - 1}`;
        await addRunEvents(store.db, runId, [{ level: 'info', message }]);
      }
      return waveOf(batches);
    },

    /** Takes back what is planned, for another range. */
    async changeRunRange({ runId, request }: IngestionRun): Promise<void> {
      const { range } = sessionsOf(request);
      await transaction(store, (tx) => dropPlan(tx, runId, range, passingErrorKinds));
      const message = `the range was changed to ${range.from} .. ${range.to}`;
      await addRunEvents(store.db, runId, [{ level: 'info', message }]);
    },
  };
}

export type PlanningActivities = ReturnType<typeof createPlanningActivities>;

/** The pace of a source, in requests: how long they take, and how they are cut into batches. */
function paceFor(requestsPerMinute: number, batchSize: number) {
  const secondsFor = (requests: number) => Math.ceil((requests * 61) / requestsPerMinute);
  const size = Math.max(1, Math.min(batchSize, Math.floor(requestsPerMinute * batchMinutes)));
  const window = requestsPerMinute >= fastRequestsPerMinute ? batchesAtOnce : 1;
  const waveOf = (batches: number): PlannedWave => {
    return { batches, window, seconds: secondsFor(size * window), totalSeconds: secondsFor(batches * size) };
  };
  return { secondsFor, size, waveOf };
}

async function listsDue(store: Store, request: IngestionRequest): Promise<readonly ReferenceList[]> {
  const source = sourceOf(request);
  if (source !== 'polygon') return [];
  const due: ReferenceList[] = [];
  for (const list of await listsNeeded(store, request)) {
    const last = await lastSync(store.db, source, list);
    if (last === null || Date.parse(request.nominalTime) - last.getTime() > dayMs) due.push(list);
  }
  return due;
}

async function listsNeeded(store: Store, request: IngestionRequest): Promise<readonly ReferenceList[]> {
  if (request.symbols === undefined) return 'range' in request.sessions ? ['active', 'inactive'] : ['active'];
  const resolved = await resolveSymbols(store.db, request.symbols);
  const unknown = [...resolved.values()].filter(({ kind }) => kind === 'unknown').length;
  return unknown > lookUpsWorthAList ? ['active'] : [];
}

function nothingToDo(loadId: number) {
  return { loadId, records: 0, changed: 0, settled: 0, status: 'success', error: null } as const;
}

function plannedRequests(plan: RequestPlan): readonly PlannedRequest[] {
  const days = plan.marketDays.map(({ session }) => ({
    loadId: null,
    range: { from: session, to: session },
  }));
  return [...days, ...plan.seriesRequests.map(({ id, from, to }) => ({ loadId: id, range: { from, to } }))];
}
