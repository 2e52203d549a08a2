import type { DateRange } from '../../domain/date-range.ts';
import type { IndicatorState } from '../../domain/indicator-freshness.ts';
import type { LoadError } from '../../domain/load-error.ts';
import type { SourceName } from '../../domain/source.ts';
import { extraVersion } from '../../indicators/extra/extras.ts';
import { parametersVersion } from '../../indicators/registry.ts';
import type { IndicatorsRun } from '../../runs/indicators-request.ts';
import type { Store } from '../../store/database.ts';
import { insertLoads, plannableLoads, type NewLoad } from '../../store/load-runs.ts';
import { recordOutcomes } from '../../store/record-outcomes.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { readRunSessions } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import { wishedInstruments, type WishedInstrument } from '../planning/wished-instruments.ts';
import { freshStates } from './fresh-states.ts';
import { outcomeOf } from './load-verdicts.ts';

/** Loads of a run, by the first and the last of their ids. */
export interface LoadSpan {
  readonly first: number;
  readonly last: number;
}

export interface PlannedSpan extends LoadSpan {
  /** How many loads these are. */
  readonly symbols: number;
}

/** What the batches of a run have in common: the request without its list of symbols, which may be long. */
export interface BatchWish {
  readonly runId: string;
  readonly source: SourceName;
  readonly window: DateRange;
  readonly again: boolean;
  readonly extra: boolean;
}

/** What is to be computed. */
export interface IndicatorPlan {
  readonly batches: readonly PlannedSpan[];
  /** Batches under way at once. */
  readonly atOnce: number;
  readonly wish: BatchWish;
}

/** While one batch computes, another reads and a third writes. */
const batchesAtOnce = 4;

export interface PlanSettings {
  readonly batchSize: number;
  /** Whether rows get extras where a request does not say. */
  readonly extra: boolean;
}

/** Enters one load a symbol, completes those of which nothing is due, and cuts the others into batches. */
export async function planBatches(
  store: Store,
  { workflowId, runId, request }: IndicatorsRun,
  { batchSize, extra: usually }: PlanSettings,
): Promise<IndicatorPlan> {
  const { source, extra = usually } = request;
  const { range: window, again: askedAgain } = await readRunSessions(store.db, runId);
  const again = askedAgain.length > 0;
  const range = 'range' in request.rows ? request.rows.range : null;
  const wished = await wishedInstruments(store.db, { ...request, range });
  const loads = wished.map(loadOf);
  const batch = { workflowId, runId, source: 'indicators', interval: '1d', range: window, loads } as const;
  await transaction(store, (tx) => insertLoads(tx, batch));
  const instruments = wished.flatMap(({ instrument }) => instrument ?? []);
  const versions = { parametersVersion, extraVersion: extra ? extraVersion : null };
  const fresh = await freshStates(store, { source, instruments }, { window, again, ...versions });
  const due = await completeFresh(store, runId, fresh);
  const message =
    `${loads.length} symbols, ${due.length} of them due, ` +
    `rows from ${window.from} to ${window.to}, bars of ${source}, parameters ${parametersVersion}${extra ? `, extras ${extraVersion}` : ''}`;
  await addRunEvents(store.db, runId, [{ level: 'info', message }]);
  const wish = { runId, source, window, again, extra };
  return { batches: spansOf(due, batchSize), atOnce: batchesAtOnce, wish };
}

/** What nobody knows has failed: there is no provider to ask. */
function loadOf({ symbol, instrument, ambiguity }: WishedInstrument): NewLoad {
  if (instrument !== null) return { symbol, instrumentId: instrument.id };
  const unknown: LoadError = { kind: 'SymbolNotFound', message: `no instrument ${symbol} in this database` };
  return { symbol, instrumentId: null, error: ambiguity ?? unknown };
}

/** Completes the loads whose states are fresh; returns the ids of the others, in the order they were entered. */
async function completeFresh(
  { db }: Store,
  runId: string,
  fresh: ReadonlyMap<number, IndicatorState>,
): Promise<readonly number[]> {
  const pending = await plannableLoads(db, runId);
  const outcomes = pending.flatMap(({ id, instrumentId }) => {
    const state = fresh.get(instrumentId);
    return state === undefined ? [] : [outcomeOf(id, { state, records: 0, changed: 0 })];
  });
  await recordOutcomes(db, outcomes);
  return pending.flatMap(({ id, instrumentId }) => (fresh.has(instrumentId) ? [] : id));
}

function spansOf(loadIds: readonly number[], size: number): readonly PlannedSpan[] {
  const spans: PlannedSpan[] = [];
  for (let at = 0; at < loadIds.length; at += size) {
    const batch = loadIds.slice(at, at + size);
    const [first, last] = [batch.at(0), batch.at(-1)];
    if (first !== undefined && last !== undefined) spans.push({ first, last, symbols: batch.length });
  }
  return spans;
}
