import { setting } from '../setting.ts';

/** What a person asks for cannot be, and what to do instead. */
export class RemediedError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** A symbol that several instruments could be. */
export class AmbiguousSymbol extends Error {
  override readonly name = 'AmbiguousSymbol';
  readonly remedy = 'write it as the provider does';
  constructor(symbol: string, candidates: readonly string[]) {
    super(`${symbol} could be ${candidates.join(' or ')}`);
  }
}

/** A plan that cannot end within the limit that a person has set. */
export class PlanTakesTooLong extends Error {
  override readonly name = 'PlanTakesTooLong';
  readonly remedy = `raise ${setting('RUN_TIMEOUT_SECONDS')}, or ask for less`;
  constructor(seconds: number, allowedSeconds: number) {
    super(
      `the plan takes ${seconds} s at the provider's pace, ${setting('RUN_TIMEOUT_SECONDS')} allows ${allowedSeconds} s`,
    );
  }
}

/** The same run goes on on another Temporal server, with the same database. */
export class RunsElsewhere extends Error {
  override readonly name = 'RunsElsewhere';
  readonly remedy: string;
  constructor(workflowId: string, runId: string) {
    super(`${workflowId} goes on already, on another Temporal server that works with this database`);
    this.remedy = `barwright runs logs ${runId} --follow shows how far it is`;
  }
}

/** An order that a run does not take: there is no such run, it has ended, or it refuses. */
export class OrderRefused extends RemediedError {
  override readonly name = 'OrderRefused';
}

/** What a person says of a finding cannot be: there is no such finding, or it has gone. */
export class FindingRefuses extends RemediedError {
  override readonly name = 'FindingRefuses';
}

/** Nothing runs that could do it; exit code 2. */
export class NotRunning extends Error {
  override readonly name = 'NotRunning';
  readonly remedy: string = 'start it with barwright up';
}

/** What runs was started with other settings than this command has; exit code 2. */
export class EnvironmentDiffers extends Error {
  override readonly name = 'EnvironmentDiffers';
  readonly remedy = 'give this command the same environment, or start the workers anew with this one';
}
