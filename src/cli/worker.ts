import type { Command } from 'commander';
import { pools } from '../flows/pools.ts';
import { parseChoice } from './parameters.ts';

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('run one worker process in the foreground')
    .requiredOption('--pool <name>', `${pools.join(', ')}, with or without "-pool"`)
    .action(async ({ pool: name }: { readonly pool: string }) => {
      const pool = parseChoice('--pool', name.replace(/-pool$/, ''), pools);
      // Only this command needs the worker's native library.
      const { runWorker } = await import('../../workers/run-worker.ts');
      await runWorker(pool);
    });
}
