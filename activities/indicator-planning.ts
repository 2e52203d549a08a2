import type { LoadError } from '../src/domain/load-error.ts';
import { dayNumber, type DateRange } from '../src/domain/date-range.ts';
import {
  coversWish,
  isFresh,
  type IndicatorState,
  type IndicatorWish,
} from '../src/domain/indicator-freshness.ts';
import { parametersVersion } from '../src/indicators/registry.ts';
import { effectiveSplits, seriesDigests, type StoredDigest } from '../src/store/bar-series.ts';
import type { Store } from '../src/store/database.ts';
import { readStates } from '../src/store/indicator-states.ts';
import {
  readUniverse,
  readWatched,
  resolveSymbols,
  type StoredInstrument,
} from '../src/store/instruments.ts';
import { insertLoads, plannableLoads, recordOutcomes, type NewLoad } from '../src/store/load-runs.ts';
import { addRunEvents } from '../src/store/run-events.ts';
import { openRun } from '../src/store/runs.ts';
import { ingestionOf } from '../src/store/session-ingestion.ts';
import { policyOf, type FlowPolicy, type PolicyChoices } from '../src/runs/run-policy.ts';
import {
  countSessions,
  expectedThrough,
  sessionDaysThrough,
} from '../src/pipelines/indicators/expected-days.ts';
import {
  indicatorsFlow,
  windowOf,
  type IndicatorsRequest,
  type IndicatorsRun,
} from '../src/runs/indicators-run.ts';
import { listedUntil } from '../src/pipelines/indicators/listing.ts';
import { outcomeOf } from '../src/pipelines/indicators/load-verdicts.ts';
import type { SourceName } from '../src/domain/source.ts';

export interface IndicatorPlanningDeps {
  readonly store: Store;
  readonly batchSize: number;
  readonly policyChoices: PolicyChoices;
}

/** Loads of a run, by the first and the last of their ids. */
export interface LoadSpan {
  readonly first: number;
  readonly last: number;
}

/** What the batches of a run have in common: the request without its list of symbols, which may be long. */
export interface BatchWish {
  readonly runId: string;
  readonly source: SourceName;
  readonly window: DateRange;
  readonly again: boolean;
}

/** What is to be computed. */
export interface IndicatorPlan {
  readonly batches: readonly LoadSpan[];
  /** Batches under way at once. */
  readonly atOnce: number;
  readonly wish: BatchWish;
}

/** How far the ingestion of a session is. */
export interface IngestionProgress {
  readonly flow: string;
  readonly session: string;
  readonly state: 'finished' | 'awaited' | 'given_up';
  /** In words, for the result. */
  readonly lacks: string | null;
}

/** While one batch computes, another reads and a third writes. */
const batchesAtOnce = 4;

const ingestionFlows = { polygon: 'polygon-daily-ingestion', yahoo: 'yahoo-market-data-hourly' } as const;

export function createIndicatorPlanningActivities({
  store,
  batchSize,
  policyChoices,
}: IndicatorPlanningDeps) {
  const { db } = store;

  return {
    /** Enters the run into the ledger and says what it has to keep to. */
    async openIndicatorRun({ request, ...run }: IndicatorsRun): Promise<FlowPolicy> {
      const { symbols, ...rest } = request;
      const parameters = symbols === undefined ? rest : { ...rest, symbols: symbols.slice(0, 1000) };
      await openRun(db, { ...run, flow: indicatorsFlow, parameters });
      return policyOf(indicatorsFlow, policyChoices);
    },

    /** Whether the daily bars of the session have come: the scheduled ingestion of the source has ended. */
    async readIngestion(request: IndicatorsRequest): Promise<IngestionProgress> {
      const flow = ingestionFlows[request.source];
      const { session } = windowOf(request);
      const run = await ingestionOf(db, flow, session);
      if (run?.status === 'completed') return { flow, session, state: 'finished', lacks: null };
      if (run === null) return { flow, session, state: 'awaited', lacks: `no run of ${flow} for ${session}` };
      const state = run.status === 'running' ? 'awaited' : 'given_up';
      const how = state === 'awaited' ? 'has not finished' : `has ${run.status}`;
      return { flow, session, state, lacks: `${run.workflowId} ${how}` };
    },

    /** Enters one load a symbol, completes those of which nothing is due, and cuts the others into batches. */
    async planIndicators({ workflowId, runId, request }: IndicatorsRun): Promise<IndicatorPlan> {
      const { window: range, session, again } = windowOf(request);
      const { source } = request;
      const instruments = await instrumentsOf(store, request);
      const loads = instruments.map(({ load }) => load);
      await insertLoads(db, { workflowId, runId, source: 'indicators', interval: '1d', range, loads });
      const wish = { window: range, again, parametersVersion };
      const fresh = await freshStates(store, source, {
        wish,
        instruments: instruments.flatMap(({ instrument }) => instrument ?? []),
      });
      const pending = await plannableLoads(db, runId);
      await recordOutcomes(
        db,
        pending.flatMap(({ id, instrumentId }) => {
          const state = fresh.get(instrumentId);
          return state === undefined ? [] : [outcomeOf(id, { state, records: 0, changed: 0 })];
        }),
      );
      const due = pending.filter(({ instrumentId }) => !fresh.has(instrumentId));
      const message =
        `${loads.length} symbols, ${due.length} of them due, ` +
        `rows from ${range.from} to ${session}, bars of ${source}, parameters ${parametersVersion}`;
      await addRunEvents(db, runId, [{ level: 'info', message }]);
      return {
        batches: spansOf(due, batchSize),
        atOnce: batchesAtOnce,
        wish: { runId, source, window: range, again },
      };
    },
  };
}

export type IndicatorPlanningActivities = ReturnType<typeof createIndicatorPlanningActivities>;

function spansOf(loads: readonly { readonly id: number }[], size: number): readonly LoadSpan[] {
  const spans: LoadSpan[] = [];
  for (let at = 0; at < loads.length; at += size) {
    const batch = loads.slice(at, at + size);
    const [first, last] = [batch.at(0), batch.at(-1)];
    if (first !== undefined && last !== undefined) spans.push({ first: first.id, last: last.id });
  }
  return spans;
}

interface WishedInstrument {
  readonly load: NewLoad;
  readonly instrument: StoredInstrument | null;
}

async function instrumentsOf(
  { db }: Store,
  request: IndicatorsRequest,
): Promise<readonly WishedInstrument[]> {
  const { symbols, sessions, source, maxSymbols = Infinity } = request;
  if (symbols === undefined) {
    const range = 'range' in sessions ? sessions.range : null;
    const universe = source === 'yahoo' ? await readWatched(db) : await readUniverse(db, range);
    return universe.slice(0, maxSymbols).map((instrument) => {
      return { instrument, load: { symbol: instrument.symbol, instrumentId: instrument.id } };
    });
  }
  const resolved = await resolveSymbols(db, [...new Set(symbols)].slice(0, maxSymbols));
  return [...resolved].map(([typed, resolution]): WishedInstrument => {
    if (resolution.kind === 'found') {
      const { instrument } = resolution;
      return { instrument, load: { symbol: instrument.symbol, instrumentId: instrument.id } };
    }
    const error: LoadError =
      resolution.kind === 'unknown'
        ? { kind: 'SymbolNotFound', message: `no instrument ${typed} in this database` }
        : { kind: 'AmbiguousSymbol', message: `${typed} could be ${resolution.candidates.join(' or ')}` };
    return { instrument: null, load: { symbol: typed, instrumentId: null, error } };
  });
}

/** The states of series of which nothing is due: parameters, window, bars, splits and absences are as they were. */
async function freshStates(
  { db }: Store,
  source: SourceName,
  { wish, instruments }: { readonly wish: IndicatorWish; readonly instruments: readonly StoredInstrument[] },
): Promise<ReadonlyMap<number, IndicatorState>> {
  const states = await readStates(
    db,
    source,
    instruments.map(({ id }) => id),
  );
  const covered = [...states].filter(([, state]) => coversWish(state, wish));
  if (covered.length === 0) return new Map();
  const ids = covered.map(([id]) => id);
  const series = covered.map(([instrumentId, state]) => ({ instrumentId, through: state.computed.to }));
  const [digests, splits] = [await seriesDigests(db, source, series), await effectiveSplits(db, ids)];
  const byId = new Map(instruments.map((instrument) => [instrument.id, instrument]));
  const calendar = sessionDaysThrough(
    covered
      .map(([, state]) => state.computed.to)
      .sort()
      .at(-1) ?? '',
  );
  return new Map(
    covered.filter(([id, state]) => {
      const [stored, instrument] = [digests.get(id), byId.get(id)];
      if (stored === undefined || instrument === undefined) return false;
      const expected = expectedSessions(stored, listedUntil(instrument), state.computed.to);
      return isFresh(state, wish, { digest: { ...stored, expected }, splits: splits.get(id) ?? [] });
    }),
  );

  function expectedSessions({ first, last }: StoredDigest, until: string | null, through: string): number {
    const end = expectedThrough(until, dayNumber(last), dayNumber(through));
    return countSessions(calendar, dayNumber(first), end);
  }
}
