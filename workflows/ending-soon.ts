import { CancellationScope, CancelledFailure, log, sleep } from '@temporalio/workflow';

/** A dead worker is known after 20 s: who still works by then hangs. */
const graceOfWork = '22 seconds';

/** Does work that ends soon after the workflow is told to: what hangs is not waited for any longer. */
export function endingSoon<Result>(work: () => Promise<Result>): Promise<Result> {
  return Promise.race([work(), graceOver(CancellationScope.current())]);
}

async function graceOver(scope: CancellationScope): Promise<never> {
  await scope.cancelRequested.catch(() => undefined);
  await CancellationScope.nonCancellable(() =>
    sleep(graceOfWork, { summary: 'what was told to end is waited for until then' }),
  );
  throw new CancelledFailure('the run was cancelled; what it did has not ended');
}

/** The ledger hears of an end within that, or later by its keeper: an outage holds up nobody who has cancelled. */
const graceOfLedger = '10 seconds';
/** Where nobody waits for it. */
const longestClosing = '2 hours';

/** Tells the ledger of an end that is certain: it holds the workflow up for a while only, whatever becomes of it. */
export async function tellLedger(work: () => Promise<void>, isCancelled: boolean): Promise<void> {
  const timer = new CancellationScope();
  const wait = isCancelled ? graceOfLedger : longestClosing;
  const late = timer.run(() => sleep(wait, { summary: 'the ledger hears of the end until then' }));
  try {
    await Promise.race([work(), late]);
  } catch (error) {
    log.warn('the ledger has not heard of the end of a run: its keeper will tell it', { error });
  } finally {
    late.catch(() => undefined);
    timer.cancel();
  }
}
