import { condition, continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import { requireNoInput } from '../src/flows/input.ts';
import { closeEndedRuns } from './activity-proxies.ts';
import { showDetails } from './details.ts';
import { endsOnErrors } from './ends-on-errors.ts';
import { inputOrFailure } from './run-asked.ts';

/** A run was opened: somebody has to see to its end. */
export const runOpened = defineSignal('runOpened');

/** What is terminated, timed out or deleted is closed in the ledger within a minute. */
const lookEvery = '30 seconds';
/** A run that is opened wakes it: this is for one that nobody told of, and for pauses of schedules. */
const lookAnyway = '5 minutes';

/** Closes in the ledger what has ended in Temporal without saying so. It goes on for ever, and rests while nothing runs. */
export const reconcileLedger = endsOnErrors(async (...args: unknown[]): Promise<never> => {
  inputOrFailure(() => requireNoInput('reconcileLedger', args));
  let isWoken = false;
  setHandler(runOpened, () => void (isWoken = true), {
    description: 'a run was opened: looks at once which have ended',
  });
  while (!workflowInfo().continueAsNewSuggested) {
    isWoken = false;
    const { open, closed } = await closeEndedRuns();
    const last = closed.length === 0 ? '' : `; closed just now: ${closed.slice(0, 20).join(', ')}`;
    showDetails(`${open === 1 ? '1 run goes' : `${open} runs go`} on${last}`);
    await condition(() => isWoken, open > 0 ? lookEvery : lookAnyway, {
      summary: 'looks again by then',
    });
  }
  return continueAsNew();
});
