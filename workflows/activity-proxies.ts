import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActionActivities } from '../activities/actions.ts';
import type { ClosingActivities } from '../activities/closing.ts';
import type { CrossCheckActivities } from '../activities/cross-check.ts';
import type { FundamentalsActivities } from '../activities/fundamentals.ts';
import type { IndicatorBatchActivities } from '../activities/indicator-batches.ts';
import type { IndicatorClosingActivities } from '../activities/indicator-closing.ts';
import type { IndicatorPlanningActivities } from '../activities/indicator-planning.ts';
import type { IngestionActivities } from '../activities/ingestion.ts';
import type { MaintenanceActivities } from '../activities/maintenance.ts';
import type { OpeningActivities } from '../activities/opening.ts';
import type { OrderActivities } from '../activities/orders.ts';
import type { PlanningActivities } from '../activities/planning.ts';
import type { ReconcilingActivities } from '../activities/reconciling.ts';
import type { HistoryOutcome, PutRight, ReferenceActivities, SyncOutcome } from '../activities/reference.ts';
import type { RepairingActivities } from '../activities/repairing.ts';
import type { ScheduledRunActivities } from '../activities/scheduled-run.ts';
import type { ValidationActivities } from '../activities/validation.ts';
import type { ReferenceList } from '../src/domain/instrument.ts';
import type { SourceName } from '../src/domain/source.ts';
import { lasting, ridingOut } from './riding-out.ts';

/** Work of a killed worker goes to another one after that; a cancellation comes with a heartbeat. */
const heartbeatTimeout = '20 seconds';

/** The ledger is closed after the last write and the last request, not beside them. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** Infrastructure fails and comes back: work on the database is tried until it succeeds or the run is cancelled. */
const untilItSucceeds = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '30 seconds',
} as const;

export const { openRun } = ridingOut<OpeningActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout,
  retry: untilItSucceeds,
});

/** By the worker that decides: an order is heard while every place for activities is taken. */
export const { noteRunOrder } = lasting(
  proxyLocalActivities<OrderActivities>({ startToCloseTimeout: '10 seconds', retry: untilItSucceeds }),
);

export const { enterLoads, planLoads, reopenFailed, changeRunRange } = ridingOut<PlanningActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  cancellationType,
  retry: untilItSucceeds,
});

/** Who asks for what is no run hears so at once, whatever the database does. */
export const { refuseRun } = proxyActivities<OpeningActivities>({
  startToCloseTimeout: '4 seconds',
  retry: { initialInterval: '500 milliseconds', maximumAttempts: 3 },
});

/** Ten years of a whole market are 25 million cells to account for. */
export const { finishRun, finishSideRun, abandonRun, expireRun, noteRetry, noteBrokenOff } =
  ridingOut<ClosingActivities>({
    startToCloseTimeout: '30 minutes',
    heartbeatTimeout,
    retry: untilItSucceeds,
  });

export const { resolveScheduledRun, joinLateFirings } = ridingOut<ScheduledRunActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout,
  retry: untilItSucceeds,
});

/** Some 40 pages at the slowest pace of 1 a minute, of which others take their share. */
export const listSeconds = 10_800;

/** A provider that fails for good ends the run. */
const { syncInstruments } = ridingOut<ReferenceActivities>({
  startToCloseTimeout: `${listSeconds} seconds`,
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '10 seconds', maximumInterval: '60 seconds' },
});

/** One list of instruments of a source, named on Temporal's pages. */
export function readListOf(list: ReferenceList, source: SourceName, runId: string): Promise<SyncOutcome> {
  const summary = `instruments of ${source}: ${list}`;
  return syncInstruments.executeWithOptions({ summary }, [runId, list, source]);
}

/** Lists of twenty years, 11 pages each, at the slowest pace and behind all others. */
export const historySeconds = 10 * 86_400;

/** What was read or asked stays, whoever asks again. */
const { learnSymbolHistory } = ridingOut<ReferenceActivities>({
  startToCloseTimeout: `${historySeconds} seconds`,
  heartbeatTimeout,
  cancellationType,
  retry: { initialInterval: '10 seconds', maximumInterval: '60 seconds' },
});

/** Who bore which ticker when, by one source, named on Temporal's pages. */
export function learnHistoryOf(source: SourceName, runId: string): Promise<HistoryOutcome & PutRight> {
  return learnSymbolHistory.executeWithOptions({ summary: `tickers of ${source}` }, [runId, source]);
}

type PacedActivities = Pick<ReferenceActivities, 'identifyLoads' | 'lookUpAndWatch'> &
  ActionActivities &
  FundamentalsActivities &
  IngestionActivities &
  CrossCheckActivities;

/** Others ask as well: of a budget that several share each has a part. */
const sharedBy = 4;

/** How long a phase may take whose requests, by the pace alone, take so many seconds. */
export function phaseSeconds(seconds: number): number {
  return 600 + 2 * sharedBy * seconds;
}

/** Activities that wait for their turn at the provider: `seconds` is what the pace alone may take. */
export function pacedActivities(seconds: number) {
  return ridingOut<PacedActivities>({
    startToCloseTimeout: `${600 + sharedBy * seconds} seconds`,
    heartbeatTimeout,
    cancellationType,
    retry: untilItSucceeds,
  });
}

/** A whole market's bars are looked over for what is due. */
export const { readIngestion, planIndicators, noteIngestionWait, expireIndicatorRun, finishIndicatorRun } =
  ridingOut<IndicatorPlanningActivities & IndicatorClosingActivities>({
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout,
    cancellationType,
    retry: untilItSucceeds,
  });

/** A hundred symbols take a second, with 23 years each a minute. */
export const { computeIndicatorBatch } = ridingOut<IndicatorBatchActivities>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout,
  cancellationType,
  retry: untilItSucceeds,
});

/** A hundred symbols of 20 years take ten seconds. */
export const {
  planJudgement,
  readIngestions,
  noteValidationWait,
  planValidation,
  judgeBars,
  finishValidation,
} = ridingOut<ValidationActivities>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout,
  cancellationType,
  retry: untilItSucceeds,
});

/** A piece of a table at a time. */
export const { deleteExpiredRows, finishMaintenance } = ridingOut<MaintenanceActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  cancellationType,
  retry: untilItSucceeds,
});

/** A question to Temporal for each run that goes on. */
export const { closeEndedRuns } = ridingOut<ReconcilingActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  retry: untilItSucceeds,
});

/** Ten thousand symbols of two years take ten seconds. */
export const { planRepairRound, assessRepair, tellGaps, isUnderWay } = ridingOut<RepairingActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout,
  retry: untilItSucceeds,
});
