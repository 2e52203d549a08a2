import { RunFailed } from './errors.ts';

/** 2: it never began, for what was typed, configured, or is not running: such errors know a remedy. 1: the rest. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof Error && 'remedy' in error && !(error instanceof RunFailed) ? 2 : 1;
}
