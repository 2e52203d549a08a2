import { runWorker } from './run-worker.ts';

await runWorker('analytics', () => process.send?.({ type: 'ready' }));
// The channel to the parent, where there is one, must not keep a drained worker alive.
process.exit();
