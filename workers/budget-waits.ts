import type { ActivityInterceptors } from '@temporalio/worker';
import { budgetFailure } from '../activities/failures.ts';
import { BudgetFar } from '../src/pipelines/sources/budget-far.ts';

/** An activity whose turn at a provider is far off ends, and is tried again then: waiting holds no worker. */
export function budgetWaits(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (!(error instanceof BudgetFar)) throw error;
          throw budgetFailure(error);
        }
      },
    },
  };
}
