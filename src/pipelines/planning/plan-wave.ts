import { setGauge } from '../../metrics/measuring.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import type { Store } from '../../store/database.ts';
import { insertRequests, type PlannedRequest } from '../../store/load-requests.ts';
import { plannableLoads } from '../../store/load-runs.ts';
import { recordOutcomes } from '../../store/record-outcomes.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { readRunSessions } from '../../store/runs.ts';
import { transaction } from '../../store/transaction.ts';
import type { Pace, PlannedWave } from './pace.ts';
import { planFor, type DraftPlan } from './plan-cells.ts';

/** Turns what the loads of a run miss into the fewest requests, kept in the store; loads without any are complete. */
export async function planWave(
  store: Store,
  { runId, request }: IngestionRun,
  { wave, pace }: { readonly wave: number; readonly pace: Pace },
): Promise<PlannedWave> {
  const { db } = store;
  const [loads, sessions] = [await plannableLoads(db, runId), await readRunSessions(db, runId)];
  const { plan, complete, cells } = await planFor(db, { request, sessions, loads });
  await recordOutcomes(store.db, complete.map(nothingToDo));
  const batches = await transaction(store, (tx) =>
    insertRequests(tx, { runId, wave }, plannedRequests(plan), pace.size),
  );
  setGauge('plannedCells', cells, { provider: request.source, interval: request.interval });
  const { total, wholeMarket, perSeries } = plan.requests;
  const message =
    `${total} requests (${wholeMarket} whole-market, ${perSeries} per-symbol) for ${plan.expectedRows} bars; ` +
    `${complete.length} symbols had nothing missing`;
  await addRunEvents(store.db, runId, [{ level: 'info', message, data: plan.requests }]);
  const contents = {
    size: pace.size,
    wholeMarket,
    perSymbol: perSeries,
    oneEach: new Set(plan.seriesRequests.map(({ id }) => id)).size === perSeries,
  };
  return { ...pace.waveOf(batches), totalSeconds: pace.secondsFor(total), contents };
}

function nothingToDo(loadId: number) {
  return { loadId, records: 0, changed: 0, settled: 0, status: 'success', error: null } as const;
}

function plannedRequests(plan: DraftPlan['plan']): readonly PlannedRequest[] {
  const days = plan.marketDays.map((session) => ({
    loadId: null,
    range: { from: session, to: session },
  }));
  return [
    ...days,
    ...plan.seriesRequests.map(({ id, from, to, ticker }) => ({ loadId: id, range: { from, to }, ticker })),
  ];
}
