import { IllegalStateError } from '@temporalio/common';
import { DefaultLogger, Runtime } from '@temporalio/worker';

/**
 * Lets Temporal's runtime in this process say errors alone: what fails shows in the tests. It ends with its last worker,
 * and is made anew with the next one.
 */
export function quietRuntime(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch (error) {
    // There is one already.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
