import type { ActivityInterceptors } from '@temporalio/worker';
import { budgetFailure } from '../activities/failures.ts';
import { TurnOfAnother } from '../src/pipelines/sharing/in-turn.ts';
import { BudgetFar } from '../src/pipelines/sources/budget-far.ts';

/**
 * An activity whose turn at a provider is far off, or at what another run does, ends and is tried again then: waiting
 * holds no worker.
 */
export function budgetWaits(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (!(error instanceof BudgetFar || error instanceof TurnOfAnother)) throw error;
          throw budgetFailure(error);
        }
      },
    },
  };
}
