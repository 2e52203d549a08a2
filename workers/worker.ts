import { pools } from '../src/flows/pools.ts';
import { sayReady } from '../src/runtime/node-child.ts';
import { runWorker } from './run-worker.ts';

/** One worker of the pool that the command line names. */
const pool = pools.find((name) => name === process.argv[2]);
if (pool === undefined) throw new Error(`usage: worker.ts ${pools.join('|')}`);
await runWorker(pool, sayReady);
// The channel to the parent, where there is one, must not keep a drained worker alive.
process.exit();
