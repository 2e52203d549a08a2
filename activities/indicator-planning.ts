import {
  planBatches,
  type IndicatorPlan,
  type PlanSettings,
} from '../src/pipelines/indicators/plan-batches.ts';
import { indicatorsWait, type SessionProgress } from '../src/pipelines/waiting/session-wait.ts';
import type { IndicatorsRun } from '../src/runs/indicators-request.ts';
import type { Store } from '../src/store/database.ts';

export type { IndicatorPlan } from '../src/pipelines/indicators/plan-batches.ts';

export interface IndicatorPlanningDeps extends PlanSettings {
  readonly store: Store;
}

export function createIndicatorPlanningActivities({ store, ...settings }: IndicatorPlanningDeps) {
  return {
    /** Whether the daily bars of the session have come, and have been judged. */
    readIngestion(run: IndicatorsRun): Promise<SessionProgress> {
      return indicatorsWait(store, run);
    },

    /** Enters one load a symbol, completes those of which nothing is due, and cuts the others into batches. */
    planIndicators(run: IndicatorsRun): Promise<IndicatorPlan> {
      return planBatches(store, run, settings);
    },
  };
}

export type IndicatorPlanningActivities = ReturnType<typeof createIndicatorPlanningActivities>;
