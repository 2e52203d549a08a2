import {
  ActivityFailure,
  ApplicationFailure,
  getCurrentDetails,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { OutageKind } from '../activities/failures.ts';
import type { OutageActivities } from '../activities/outage.ts';

const { noteOutage } = proxyActivities<OutageActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
});

type Activity = (...args: never[]) => Promise<unknown>;

interface ProxiedActivity extends Activity {
  executeWithOptions(options: ActivityOptions, args: never[]): Promise<unknown>;
}

/** Activities that ride out an outage, as `lasting` says. */
export function ridingOut<Activities extends object>(options: ActivityOptions) {
  return lasting(proxyActivities<Activities>(options));
}

/**
 * Activities, local ones as well, that go on trying while infrastructure is away: one that says it has been for long is
 * begun again, once the run's details and its events have said so.
 */
export function lasting<Proxied extends object>(proxied: Proxied): Proxied {
  const activities = proxied as unknown as Readonly<Record<string, ProxiedActivity>>;
  const tryingOn = new Proxy(activities, {
    get(own, name: string) {
      const activity = own[name];
      // Options of one call, such as what Temporal's pages say of it.
      const executeWithOptions = (chosen: ActivityOptions, args: never[]) =>
        lastingOf(() => activity?.executeWithOptions(chosen, args))();
      return Object.assign(
        lastingOf((...args) => activity?.(...args)),
        { executeWithOptions },
      );
    },
  });
  return tryingOn as unknown as Proxied;
}

function lastingOf(activity: (...args: never[]) => Promise<unknown> | undefined): Activity {
  return async (...args) => {
    for (let isAway = false; ; isAway = true) {
      try {
        const result = await activity(...args);
        if (isAway) await endOutage();
        return result;
      } catch (error) {
        const message = outageIn(error);
        if (message === null) throw error;
        outage ??= { details: getCurrentDetails(), noted: note(message) };
      }
    }
  };
}

/** What the activities of this run that are under way together wait for. */
let outage: { readonly details: string; readonly noted: Promise<void> } | null = null;

async function endOutage(): Promise<void> {
  if (outage === null) return;
  const { details, noted } = outage;
  outage = null;
  setCurrentDetails(details);
  await noted;
}

/** What an activity that was ended by an outage says of it; null: it was not. */
function outageIn(error: unknown): string | null {
  const cause = error instanceof ActivityFailure ? error.cause : null;
  const kind = 'Outage' satisfies OutageKind;
  return cause instanceof ApplicationFailure && cause.type === kind ? cause.message : null;
}

async function note(reason: string): Promise<void> {
  const message = `what this run works with has been away for minutes and is tried until it is back: ${reason}`;
  setCurrentDetails(message);
  for (let isHeard = false; !isHeard;) {
    try {
      await noteOutage(workflowInfo().firstExecutionRunId, message);
      isHeard = true;
    } catch (error) {
      if (outageIn(error) !== null) continue;
      if (!isCancellation(error)) log.warn('an outage could not be entered', { error });
      return;
    }
  }
}
