import { ingestionProgress, type IngestionProgress } from '../src/pipelines/indicators/ingestion-wait.ts';
import { planBatches, type IndicatorPlan } from '../src/pipelines/indicators/plan-batches.ts';
import { indicatorsFlow, type IndicatorsRequest, type IndicatorsRun } from '../src/runs/indicators-run.ts';
import { policyOf, type FlowPolicy, type PolicyChoices } from '../src/runs/run-policy.ts';
import type { Store } from '../src/store/database.ts';
import { openRun } from '../src/store/runs.ts';

export type { IndicatorPlan } from '../src/pipelines/indicators/plan-batches.ts';

export interface IndicatorPlanningDeps {
  readonly store: Store;
  readonly batchSize: number;
  readonly policyChoices: PolicyChoices;
}

export function createIndicatorPlanningActivities({
  store,
  batchSize,
  policyChoices,
}: IndicatorPlanningDeps) {
  return {
    /** Enters the run into the ledger and says what it has to keep to. */
    async openIndicatorRun({ request, ...run }: IndicatorsRun): Promise<FlowPolicy> {
      const { symbols, ...rest } = request;
      const parameters = symbols === undefined ? rest : { ...rest, symbols: symbols.slice(0, 1000) };
      await openRun(store.db, { ...run, flow: indicatorsFlow, parameters });
      return policyOf(indicatorsFlow, policyChoices);
    },

    /** Whether the daily bars of the session have come. */
    readIngestion(request: IndicatorsRequest): Promise<IngestionProgress> {
      return ingestionProgress(store, request);
    },

    /** Enters one load a symbol, completes those of which nothing is due, and cuts the others into batches. */
    planIndicators(run: IndicatorsRun): Promise<IndicatorPlan> {
      return planBatches(store, run, batchSize);
    },
  };
}

export type IndicatorPlanningActivities = ReturnType<typeof createIndicatorPlanningActivities>;
