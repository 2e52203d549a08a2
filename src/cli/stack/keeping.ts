import type { Config } from '../../config.ts';
import type { RuntimeState } from '../../runtime/state.ts';

/** What each part of the stack is started with, and kept alive by. */
export interface Keeping {
  readonly config: Config;
  readonly state: RuntimeState;
  /** Hears of each step. */
  readonly report: (step: string) => void;
  /** Writes down what has started. */
  readonly enter: (part: Partial<RuntimeState>) => void;
  /** Aborted once all is to end. */
  readonly signal: AbortSignal;
}
