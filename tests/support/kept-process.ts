import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessHere } from './compose-process.ts';
import { startedProcess, type StartedProcess } from './started-process.ts';

/** A process that is started again whenever it ends by itself, as `unless-stopped` has it. */
export type KeptProcess = Pick<StartedProcess, 'said' | 'end'>;

/** Engines wait 0.1 s at first and longer each time. */
const shortestWaitMs = 100;
const longestWaitMs = 5_000;

export function keptProcess(what: ProcessHere): KeptProcess {
  let current = startedProcess(what);
  let before = '';
  const told = new AbortController();
  const isTold = () => told.signal.aborted;
  const keep = async () => {
    for (let waitMs = shortestWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      await current.ended;
      if (isTold()) return;
      before += current.said();
      await delay(waitMs);
      // It may have been told meanwhile.
      if (isTold()) return;
      current = startedProcess(what);
    }
  };
  const kept = keep();
  return {
    said: () => before + current.said(),
    async end() {
      told.abort();
      const code = await current.end();
      await kept;
      return code;
    },
  };
}
