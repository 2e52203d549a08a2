import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { ProviderError, RateLimited } from '../src/domain/provider-errors.ts';
import { OutsideCalendar } from '../src/calendar/exchange-calendar.ts';
import { isInputError } from '../src/flows/input.ts';
import { TurnOfAnother } from '../src/pipelines/sharing/in-turn.ts';
import type { BudgetFar } from '../src/pipelines/sources/budget-far.ts';
import { persistenceOf, type Persistence } from '../src/store/error-persistence.ts';

/** A provider's error that stops a whole activity: tried again only where and when that can help. */
export function providerFailure(error: ProviderError, isLast = false): ApplicationFailure {
  const waitMs = error instanceof RateLimited ? error.waitMs : null;
  return ApplicationFailure.create({
    type: error.name,
    message: error.message,
    nonRetryable: isLast || !error.passing,
    ...(waitMs === null ? {} : { nextRetryDelay: waitMs }),
  });
}

/** The type of the failure by which an activity says that the requests of its source's day are spent. */
const daySpentKind = 'DaySpent';
export type DaySpentKind = typeof daySpentKind;

/**
 * What it is to Temporal that a turn at a provider, or at what another run does, is far off: tried again then. The next
 * day the workflow waits for itself: it is told how far off that is, in milliseconds.
 */
export function budgetFailure(error: BudgetFar | TurnOfAnother): ApplicationFailure {
  const { name: type, message, resumeInMs } = error;
  // Nothing has gone wrong: no log warns of it.
  const category = ApplicationFailureCategory.BENIGN;
  if (error instanceof TurnOfAnother || error.because !== 'spent')
    return ApplicationFailure.create({ type, message, nextRetryDelay: resumeInMs, category });
  const details = [resumeInMs];
  return ApplicationFailure.create({ type: daySpentKind, message, nonRetryable: true, details, category });
}

/** So often is tried what nobody knows the cause of. */
const attemptsOfUnknown = 5;

/** When an activity was begun, and what its errors have cost so far. */
export interface AttemptInfo {
  readonly attempt: number;
  /** How long ago its first attempt was asked for. */
  readonly sinceMs: number;
}

/** The type of the failure by which an activity says that infrastructure is away for long. */
const outageKind = 'Outage';
export type OutageKind = typeof outageKind;

/**
 * What an error of an activity is to Temporal: tried again where that can help. With `outageMs`, one that has gone on for
 * so long ends the activity, so that its workflow can say so before it goes on trying.
 */
export function activityFailure(
  error: unknown,
  { attempt, sinceMs }: AttemptInfo,
  outageMs: number,
): unknown {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof ProviderError) return providerFailure(error);
  const persistence = isWrongInput(error) ? 'lasts' : persistenceOf(error);
  const last = persistence === 'lasts' || (persistence === 'unknown' && attempt >= attemptsOfUnknown);
  // A long first attempt is no outage yet.
  const isOutage = persistence === 'passes' && attempt > 2 && sinceMs >= outageMs;
  return ApplicationFailure.create({
    type: isOutage ? outageKind : kindOf(error, persistence),
    message: messageOf(error),
    nonRetryable: last || isOutage,
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

function isWrongInput(error: unknown): boolean {
  return isInputError(error) || error instanceof OutsideCalendar;
}

function kindOf(error: unknown, persistence: Persistence): string {
  if (!(error instanceof Error)) return 'Error';
  return persistence === 'passes' ? 'InfrastructureFailed' : error.name;
}

/** Several at once say nothing of their own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
