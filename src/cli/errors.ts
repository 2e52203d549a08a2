import { RemediedError } from '../operations/refusals.ts';
import { wholeRefusal } from '../temporal/server-refusals.ts';

/** What a person typed cannot be done; exit code 2. */
export class UsageError extends RemediedError {
  override readonly name = 'UsageError';
}

/** An error as one JSON object, and as one line. */
interface ErrorReport {
  readonly kind: string;
  readonly message: string;
  readonly remedy: string;
}

const unforeseen = 'see barwright status and the logs; if it stays, report it with this message';

export function errorReport(error: unknown): ErrorReport {
  if (!(error instanceof Error)) return { kind: 'Error', message: String(error), remedy: unforeseen };
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : unforeseen;
  const message = wholeRefusal(error) ?? error.message;
  return { kind: error.name, message: message.replaceAll(/\s+/g, ' ').trim(), remedy };
}

/** A run ended without a summary; exit code 1. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';
  readonly remedy: string;
  constructor(message: string, runId: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = `barwright runs logs ${runId} says more; starting it again carries on`;
  }
}
