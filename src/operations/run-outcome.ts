import { countText } from './figures.ts';

/** What is known of a run's end, or how far it is. */
export interface RunEnd {
  readonly status: string;
  readonly symbols: number;
  readonly finished: number;
  readonly failed: number;
  readonly partial: number;
  readonly wentOnWithout: string | null;
  readonly openErrors: number | null;
}

/** A run's end in a word or two: red only where a person has to do something. */
export interface RunOutcome {
  readonly tone: 'ok' | 'warn' | 'bad' | 'run' | 'off';
  readonly words: string;
}

/** What a run came to; what was red and has been made good since is not any more. */
export function runOutcome(run: RunEnd, isMadeGood = false): RunOutcome {
  const outcome = ownOutcome(run);
  if (!isMadeGood || outcome.tone !== 'bad') return outcome;
  return { tone: 'off', words: `${outcome.words}, made good` };
}

function ownOutcome({ status, symbols, finished, failed, partial, ...run }: RunEnd): RunOutcome {
  const share = symbols > 0 ? ` ${Math.floor((100 * finished) / symbols)} %` : '';
  if (status === 'running') return { tone: 'run', words: `Running${share}` };
  if (status === 'paused') return { tone: 'warn', words: `Paused${symbols > 0 ? ` at${share}` : ''}` };
  if (status === 'cancelling') return { tone: 'off', words: 'Cancelling' };
  if (status === 'cancelled') return { tone: 'off', words: 'Cancelled' };
  if (status === 'terminated') return { tone: 'bad', words: 'Terminated' };
  if (status === 'failed') return { tone: 'bad', words: 'Failed' };
  if (failed > 0) return { tone: 'bad', words: `${countText(failed)} failed` };
  if (run.wentOnWithout !== null) return { tone: 'warn', words: 'Went on without' };
  if ((run.openErrors ?? 0) > 0)
    return { tone: 'warn', words: `Done, ${countText(run.openErrors)} errors found` };
  return { tone: 'ok', words: partial > 0 ? `Done, ${countText(partial)} partial` : 'Done' };
}
