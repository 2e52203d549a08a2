/** What a flow's runs keep to. */
export interface FlowPolicy {
  /** Rounds in which loads that failed for a passing cause are tried again. */
  readonly loadRetries: number;
  readonly retryDelaySeconds: number;
  /** How often a run that cannot go on is begun again as a whole. */
  readonly runRetries: number;
  readonly runRetryDelaySeconds: number;
  /** Deadline of a run, pauses not counted. */
  readonly timeoutSeconds: number;
  /** A person set it: then a plan that takes longer is refused; otherwise the deadline makes room for the plan. */
  readonly timeoutIsChosen: boolean;
  /** Compare a sample of what whole-market answers brought with the per-symbol endpoint. */
  readonly crossCheck: boolean;
  /** Bring corporate actions up to date as well, and fetch again what a split has made stale. */
  readonly actions?: 'sync' | 'refetch';
  /** After so many, or once the server suggests it, the run goes on as another execution with a history of its own. */
  readonly batchesPerExecution: number;
}

/** What the environment sets for every flow; null leaves the flow its own. */
export interface PolicyChoices {
  readonly loadRetries: number | null;
  readonly retryDelaySeconds: number | null;
  readonly runTimeoutSeconds: number | null;
  readonly batchesPerExecution?: number;
}

const batchesPerExecution = 500;
const hour = 3600;
const daily = {
  loadRetries: 3,
  retryDelaySeconds: 60,
  runRetries: 1,
  runRetryDelaySeconds: 300,
  timeoutSeconds: hour,
  crossCheck: false,
};

/** The plan's own figures. */
const policies: Readonly<Record<string, Omit<FlowPolicy, 'timeoutIsChosen' | 'batchesPerExecution'>>> = {
  'polygon-daily-ingestion': { ...daily, actions: 'sync' },
  'polygon-settlement': { ...daily, crossCheck: true },
  'polygon-historical-backfill': { ...daily, runRetries: 0, timeoutSeconds: 2 * hour },
  'yahoo-market-data-hourly': {
    ...daily,
    loadRetries: 2,
    retryDelaySeconds: 30,
    runRetries: 0,
    actions: 'refetch',
  },
  'indicators-daily-calculation': { ...daily, loadRetries: 0 },
};

export function policyOf(flow: string, choices: PolicyChoices): FlowPolicy {
  const own = policies[flow];
  if (own === undefined) throw new Error(`no policy for the flow ${flow}`);
  return {
    ...own,
    loadRetries: choices.loadRetries ?? own.loadRetries,
    retryDelaySeconds: choices.retryDelaySeconds ?? own.retryDelaySeconds,
    timeoutSeconds: choices.runTimeoutSeconds ?? own.timeoutSeconds,
    batchesPerExecution: choices.batchesPerExecution ?? batchesPerExecution,
    timeoutIsChosen: choices.runTimeoutSeconds !== null,
  };
}
