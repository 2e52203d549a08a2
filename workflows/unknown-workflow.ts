import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { workflowPools } from '../src/flows/other-workflows.ts';
import { endsOnErrors } from './ends-on-errors.ts';

/** Stands for every workflow that there is not: fails at once, and says which there are. */
export const unknownWorkflow = endsOnErrors((..._: unknown[]): Promise<never> => {
  const { workflowType } = workflowInfo();
  const known = [...workflowPools.keys()].sort().join(', ');
  const message = `there is no workflow ${JSON.stringify(workflowType)}; there are ${known}`;
  return Promise.reject(ApplicationFailure.nonRetryable(message, 'UnknownWorkflow'));
});
