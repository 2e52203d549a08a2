import path from 'node:path';
import { nodeFlagsOf } from '../../../workers/pools.ts';
import type { Pool } from '../../flows/pools.ts';
import { startNodeChild } from '../../runtime/node-child.ts';
import type { ProcessRef } from '../../runtime/processes.ts';
import { supervise } from '../../runtime/supervise.ts';
import type { Keeping } from './keeping.ts';

const workerEntry = path.join(import.meta.dirname, '../../../workers/worker.ts');

interface Place {
  readonly pool: Pool;
  /** Which of the pool's workers it is, from 0 on. */
  readonly number: number;
  /** Which of all of them: its metrics are on the port of that number. */
  readonly place: number;
}

/** Keeps one worker of a pool. */
export async function keepWorker({ pool, number, place }: Place, keeping: Keeping): Promise<void> {
  const { config, state, report, enter, signal } = keeping;
  const name = number === 0 ? `worker ${pool}` : `worker ${pool} ${number + 1}`;
  const logFile = path.join(config.home, 'logs', `${name.replaceAll(' ', '-')}.log`);
  let former: ProcessRef | null = null;
  const start = async () => {
    const { process: worker } = await startNodeChild({
      name,
      entry: workerEntry,
      args: [pool, String(place)],
      nodeFlags: nodeFlagsOf(pool),
      logFile,
      signal,
    });
    const others = state.workers.filter(({ process }) => process !== former);
    enter({ workers: [...others, { pool, process: worker }] });
    former = worker;
    report(`${name}: ready`);
    return worker;
  };
  await supervise({ name, start, report, signal });
}
