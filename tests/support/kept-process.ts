import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessHere } from './compose-process.ts';
import { startedProcess, type StartedProcess } from './started-process.ts';

/** A process that is started again whenever it ends by itself, as `unless-stopped` has it. */
export interface KeptProcess extends Pick<StartedProcess, 'said' | 'end'> {
  /** How often it was started. */
  starts(): number;
}

/** Engines wait 0.1 s at first and longer each time. */
const shortestWaitMs = 100;
const longestWaitMs = 5_000;

export function keptProcess(what: ProcessHere): KeptProcess {
  let current = startedProcess(what);
  let [starts, before, isToldToEnd] = [1, '', false];
  const keep = async () => {
    for (let waitMs = shortestWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      await current.ended;
      if (isToldToEnd) return;
      before += current.said();
      await delay(waitMs);
      // It may have been told meanwhile.
      if ((isToldToEnd as boolean) === true) return;
      current = startedProcess(what);
      starts += 1;
    }
  };
  const kept = keep();
  return {
    starts: () => starts,
    said: () => before + current.said(),
    async end() {
      isToldToEnd = true;
      const code = await current.end();
      await kept;
      return code;
    },
  };
}
