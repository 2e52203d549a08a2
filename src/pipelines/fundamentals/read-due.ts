import type { LoadError } from '../../domain/load-error.ts';
import { ProviderError, RateLimited, Unauthorized } from '../../domain/provider-errors.ts';
import { readingsDue, type Reading } from '../../store/fundamentals.ts';
import { addRunEvents, type RunEvent } from '../../store/run-events.ts';
import { runBegan } from '../../store/runs.ts';
import { answerFailure, failsForGood } from '../containment/lasting-cause.ts';
import { unlessTaken } from '../sharing/in-turn.ts';
import { attempt, loadErrorOf, thrownError } from '../sources/attempt.ts';
import { readOne, type ReadingDeps } from './read-one.ts';

/**
 * Reads something of the symbols of a run, each at most once on the exchange date of `at` (ISO 8601). A symbol's failure
 * goes to the run's events; a refusal for all of them ends the reading.
 */
export async function readDue(deps: ReadingDeps, what: Reading, at: string): Promise<void> {
  const { store, provider, runId, signal, lane } = deps;
  const due = await readingsDue(store.db, { runId, source: provider.name, what, at });
  const turn = { holder: runId, since: await runBegan(store.db, runId), signal, lane };
  const failures: RunEvent[] = [];
  let changed = 0;
  for (const one of due) {
    const read = async () => thrownError(await readOne[what](deps, one));
    const wanted = { ...turn, name: `${what} of ${provider.name} ${one.instrumentId}` };
    const outcome = await attempt(() => unlessTaken(store.db, wanted, read)).catch(failureForGood);
    // Another run reads it, or has since this one began.
    if (outcome === null) continue;
    if ('kind' in outcome) {
      failures.push(failureOf(what, one.symbol, outcome));
      continue;
    }
    if (outcome instanceof ProviderError) {
      failures.push(failureOf(what, one.symbol, loadErrorOf(outcome)));
      if (refusesEverybody(outcome)) break;
      continue;
    }
    changed += outcome.changed;
  }
  const message = `${what} of ${due.length} symbols read, ${failures.length} failed, ${changed} changed`;
  await addRunEvents(store.db, runId, [...failures, { level: 'info', message }]);
}

function failureOf(what: Reading, symbol: string, error: LoadError): RunEvent {
  const message = `${what} could not be read: ${error.message}`;
  return { level: 'warn', symbol, message, data: error };
}

/** Of what no second try would store or understand; throws the rest. */
function failureForGood(error: unknown): LoadError {
  if (!failsForGood(error)) throw error;
  return answerFailure(error);
}

function refusesEverybody(error: ProviderError): boolean {
  return error instanceof RateLimited || error instanceof Unauthorized;
}
