import { sessionsBetween } from '../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../src/domain/date-range.ts';
import { hoursOf } from '../src/domain/hours.ts';
import type { PlanFigures } from '../src/domain/run.ts';
import type { SessionDate } from '../src/domain/session.ts';
import { planRequests, type RequestPlan } from '../src/planning/plan-requests.ts';
import { knownDays } from '../src/store/daily-bars.ts';
import type { Database, Store } from '../src/store/database.ts';
import { lastSync, readUniverse, readWatched, resolveSymbols } from '../src/store/instruments.ts';
import { knownIntradayDays } from '../src/store/intraday-bars.ts';
import { dropPlan, insertRequests, reopenRequests, type PlannedRequest } from '../src/store/load-requests.ts';
import {
  insertLoads,
  plannableLoads,
  recordOutcomes,
  unidentifiedLoads,
  type NewLoad,
  type PlannableLoad,
} from '../src/store/load-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { openRun } from '../src/store/runs.ts';
import { sampleSize } from './cross-check.ts';
import { intervalOf, sourceOf, type IngestionRequest, type IngestionRun } from './ingestion-run.ts';
import type { ReferenceList } from './reference.ts';
import { passingCauses, policyOf, type FlowPolicy, type PolicyChoices } from './run-policy.ts';
import { sessionsOf } from './run-sessions.ts';
import type { Source, SourceName } from './sources.ts';

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
      await addRunEvents(store.pool, runId, [{ level: 'info', message }]);
      return { unidentified, seconds: paceOf(source).secondsFor(unidentified * 4) };
    },

    /** Turns what is missing into the fewest requests, kept in the database; loads without any are complete. */
    async planLoads({ runId, request }: IngestionRun, wave: number): Promise<PlannedWave> {
      const loads = await plannableLoads(db, runId);
      const { secondsFor, size, waveOf } = paceOf(sourceOf(request));
      const { plan, complete } = await planFor(store, { request, loads });
      await recordOutcomes(store.pool, complete.map(nothingToDo));
      const batches = await insertRequests(db, { runId, wave }, plannedRequests(plan), size);
      const { total, wholeMarket, perSeries } = plan.requests;
      const message =
        `${total} requests (${wholeMarket} whole-market, ${perSeries} per-symbol) for ${plan.expectedRows} bars; ` +
        `${complete.length} symbols had nothing missing`;
      await addRunEvents(store.pool, runId, [{ level: 'info', message, data: plan.requests }]);
      return { ...waveOf(batches), totalSeconds: secondsFor(total) };
    },

    /** Opens again what failed for a passing cause. */
    async reopenFailed(runId: string, wave: number, source: SourceName = 'polygon'): Promise<PlannedWave> {
      const { size, waveOf } = paceOf(source);
      const batches = await reopenRequests(db, { runId, wave }, passingCauses, size);
      if (batches > 0) {
        const message = `what failed for a passing cause is tried again: round ${wave - 1}`;
        await addRunEvents(store.pool, runId, [{ level: 'info', message }]);
      }
      return waveOf(batches);
    },

    /** Takes back what is planned, for another range. */
    async changeRunRange({ runId, request }: IngestionRun): Promise<void> {
      const { range } = sessionsOf(request);
      await dropPlan(db, runId, range, passingCauses);
      const message = `the range was changed to ${range.from} .. ${range.to}`;
      await addRunEvents(store.pool, runId, [{ level: 'info', message }]);
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

/** A load to be, with what planning needs of its instrument; an unknown one is taken for listed. */
interface WishedLoad extends NewLoad {
  readonly exchange?: string | null;
}

async function loadsOf({ db }: Store, request: IngestionRequest): Promise<readonly WishedLoad[]> {
  const { symbols, maxSymbols = Infinity, sessions } = request;
  if (symbols === undefined) {
    const universe =
      sourceOf(request) === 'yahoo'
        ? await readWatched(db)
        : await readUniverse(db, 'range' in sessions ? sessions.range : null);
    return universe
      .slice(0, maxSymbols)
      .map(({ id, symbol, exchange }) => ({ symbol, instrumentId: id, exchange }));
  }
  const resolved = await resolveSymbols(db, [...new Set(symbols)].slice(0, maxSymbols));
  return [...resolved].map(([typed, resolution]): WishedLoad => {
    if (resolution.kind === 'found') {
      const { id, symbol, exchange } = resolution.instrument;
      return { symbol, instrumentId: id, exchange };
    }
    if (resolution.kind === 'unknown') return { symbol: typed, instrumentId: null };
    const message = `${typed} could be ${resolution.candidates.join(' or ')}: write it as the provider does`;
    return { symbol: typed, instrumentId: null, error: { kind: 'AmbiguousSymbol', message } };
  });
}

interface PlanWish {
  readonly request: IngestionRequest;
  readonly loads: readonly PlannableLoad[];
}

interface DraftPlan {
  readonly plan: RequestPlan;
  /** Loads that miss nothing. */
  readonly complete: readonly number[];
  readonly cells: number;
}

async function planFor({ db }: Store, { request, loads }: PlanWish): Promise<DraftPlan> {
  const source = sourceOf(request);
  const { sessions, again } = sessionsOf(request);
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const known =
    again.size < sessions.length
      ? await knownSessions(db, { request, instrumentIds, sessions })
      : new Map<number, readonly number[]>();
  const days = sessions.map((session) => (again.has(session) ? NaN : dayNumber(session)));
  const all = sessions.map((_, index) => index);
  const series = loads.map(({ id, instrumentId, exchange }) => {
    const stored = new Set(known.get(instrumentId));
    const missing = stored.size === 0 ? all : all.filter((index) => !stored.has(days[index] ?? NaN));
    // Over-the-counter stocks are in no whole-market answer.
    return { id, missing, perSeries: true, wholeMarket: source === 'polygon' && exchange !== null };
  });
  return {
    plan: planRequests({ sessions, wholeMarket: sessions.map(() => source === 'polygon'), series }),
    complete: series.flatMap(({ id, missing }) => (missing.length === 0 ? id : [])),
    cells: series.reduce((sum, { missing }) => sum + missing.length, 0),
  };
}

async function knownSessions(
  db: Database,
  {
    request,
    instrumentIds,
    sessions,
  }: {
    readonly request: IngestionRequest;
    readonly instrumentIds: readonly number[];
    readonly sessions: readonly SessionDate[];
  },
): Promise<ReadonlyMap<number, readonly number[]>> {
  const [source, interval] = [sourceOf(request), intervalOf(request)];
  const [from, to] = [sessions.at(0), sessions.at(-1)];
  if (from === undefined || to === undefined) return new Map();
  const range = { from, to };
  if (interval === '1d') return knownDays(db, { instrumentIds, source, range });
  const expected = sessionsBetween(range).map((session) => ({
    session: session.session,
    bars: hoursOf(session).length,
  }));
  return knownIntradayDays(db, { instrumentIds, source, interval, expected });
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

/** What a request would ask, from the store alone: nothing is asked of the provider, nothing is written. */
export async function previewRun(
  { store, requestsPerMinute }: { readonly store: Store; readonly requestsPerMinute: number },
  request: IngestionRequest,
): Promise<Omit<PlanFigures, 'quotaLeft'>> {
  const { sessions } = sessionsOf(request);
  const entered = (await loadsOf(store, request)).filter(({ error }) => error === undefined);
  // An unknown symbol gets an id that no instrument has: everything of it is missing.
  const loads = entered.map(({ instrumentId, exchange = 'unknown' }, index) => ({
    id: index,
    instrumentId: instrumentId ?? -1 - index,
    exchange,
  }));
  const { plan, cells } = await planFor(store, { request, loads });
  const lookups = entered.filter(({ instrumentId }) => instrumentId === null).length;
  const { total, wholeMarket, perSeries } = plan.requests;
  return {
    requests: { total, wholeMarket, perSymbol: perSeries, lookups },
    symbols: entered.length,
    sessions: sessions.length,
    cells,
    expectedRows: plan.expectedRows,
    estimatedSeconds: Math.ceil(((total + lookups) * 61) / requestsPerMinute),
  };
}
