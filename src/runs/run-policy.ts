/** What a flow's runs keep to by themselves. */
export interface FlowPolicy {
  /** Rounds in which loads that failed for a passing cause are tried again. */
  readonly loadRetries: number;
  readonly retryDelaySeconds: number;
  /** How often a run that cannot go on is begun again as a whole. */
  readonly runRetries: number;
  readonly runRetryDelaySeconds: number;
  /** Deadline of a run, pauses not counted. */
  readonly timeoutSeconds: number;
  /** Compare a sample of what whole-market answers brought with the per-symbol endpoint. */
  readonly crossCheck: boolean;
  /** Bring corporate actions up to date as well, and fetch again what a split has made stale. */
  readonly actions: 'sync' | 'refetch' | null;
  /** Have what it has brought judged. */
  readonly judges: boolean;
}

/** What one run keeps to. */
export interface RunPolicy extends FlowPolicy {
  /** A person set it: then a plan that takes longer is refused; otherwise the deadline makes room for the plan. */
  readonly timeoutIsChosen: boolean;
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

/** The plan's figures for what runs every day. */
export const dailyPolicy: FlowPolicy = {
  loadRetries: 3,
  retryDelaySeconds: 60,
  runRetries: 1,
  runRetryDelaySeconds: 300,
  timeoutSeconds: 3_600,
  crossCheck: false,
  actions: null,
  judges: false,
};

/** A flow's policy, and what the environment sets instead. */
export function policyOf(own: FlowPolicy, choices: PolicyChoices): RunPolicy {
  return {
    ...own,
    loadRetries: choices.loadRetries ?? own.loadRetries,
    retryDelaySeconds: choices.retryDelaySeconds ?? own.retryDelaySeconds,
    timeoutSeconds: choices.runTimeoutSeconds ?? own.timeoutSeconds,
    batchesPerExecution: choices.batchesPerExecution ?? batchesPerExecution,
    timeoutIsChosen: choices.runTimeoutSeconds !== null,
  };
}
