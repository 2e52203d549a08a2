import { patched, proxyActivities, workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';

const { addedStep } = proxyActivities<{ addedStep(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

/** Where the step is added: before the loads are entered, or before the run is finished. */
const place = () => (workflowInfo().workflowId.includes('early') ? 'enterLoads' : 'finishRun');
/** Today's workflows as a release that does one thing more: bundled together with them. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      async scheduleActivity(input, next) {
        if (input.activityType === place() && patched('added-step')) await addedStep();
        return next(input);
      },
    },
  ],
});
