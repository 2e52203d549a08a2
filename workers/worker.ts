import { pools } from '../src/flows/pools.ts';
import { sayReady } from '../src/runtime/node-child.ts';
import { runWorker } from './run-worker.ts';

/** One worker of the pool that the command line names, and after it which one of all it is. */
const [, , name, place = '0'] = process.argv;
const pool = pools.find((one) => one === name);
if (pool === undefined) throw new Error(`usage: worker.ts ${pools.join('|')} [PLACE]`);
await runWorker({ pool, place: Number(place), onReady: sayReady });
// The channel to the parent, where there is one, must not keep a drained worker alive.
process.exit();
