import { sleep } from '@temporalio/workflow';
import type { SessionWait } from '../activities/indicator-closing.ts';
import type { SessionProgress } from '../activities/validation.ts';
import type { IndicatorsRequest } from '../src/runs/indicators-request.ts';
import type { Run } from '../src/runs/run.ts';
import type { ValidationRequest } from '../src/runs/validation-request.ts';
import { showDetails } from './details.ts';
import type { RunContext } from './run-lifecycle.ts';
import { waitFor } from './run-wait.ts';

/** What a run waits for, by the activities that know of it. */
interface Awaited<Request extends IndicatorsRequest | ValidationRequest> {
  readonly read: (run: Run<Request>) => Promise<SessionProgress>;
  readonly note: (runId: string, wait: SessionWait) => Promise<void>;
}

const firstPauseSeconds = 30;
const longestPauseSeconds = 60;

/**
 * Waits for what is built on the session's bars, as long as the request says; a person's request does not wait. A pause
 * holds what follows. The limit is the wait itself, and time for what is asked of the ledger meanwhile.
 */
export function awaitSession<Request extends IndicatorsRequest | ValidationRequest>(
  context: RunContext<Request>,
  awaited: Awaited<Request>,
): Promise<SessionWait> {
  const { run, policy, steering } = context;
  const seconds = (run.request.waitSeconds ?? 0) + policy.timeoutSeconds;
  return steering.within({ what: 'the wait for bars', seconds }, () => waitLoop(context, awaited));
}

async function waitLoop<Request extends IndicatorsRequest | ValidationRequest>(
  { run, steering }: RunContext<Request>,
  { read, note }: Awaited<Request>,
): Promise<SessionWait> {
  const { waitSeconds } = run.request;
  if (waitSeconds === null) return { waitedFor: null, wentOnWithout: null };
  steering.show(() => ({ phase: 'waiting', batchesDone: 0, batches: 0 }));
  let [seconds, pause] = [0, firstPauseSeconds];
  for (;;) {
    const { flow, session, state, lacks } = await read(run);
    if (state !== 'awaited' || seconds >= waitSeconds) {
      const wait = { waitedFor: { flow, session, seconds }, wentOnWithout: lacks };
      await note(run.runId, wait);
      return wait;
    }
    showDetails(`waits for the bars of ${session}: ${lacks ?? ''}`);
    const next = Math.min(pause, waitSeconds - seconds);
    const waits = waitFor(`the bars of ${session} (${flow})`, (waitSeconds - seconds) * 1000);
    steering.show(() => ({ phase: 'waiting', batchesDone: 0, batches: 0, waits }));
    await sleep(next * 1000, { summary: `waits for ${waits.what}` });
    seconds += next;
    pause = Math.min(2 * pause, longestPauseSeconds);
  }
}
