import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import { nodeFlagsOf } from '../../workers/pools.ts';
import { pools, type Pool } from '../flows/pools.ts';
import { note } from './output.ts';
import { parseChoice } from './parameters.ts';
import { checkWorker } from './worker-check.ts';

export function addWorkerCommand(program: Command): void {
  program
    .command('worker')
    .description('run one worker process in the foreground')
    .requiredOption('--pool <name>', `${pools.join(', ')}, with or without "-pool"`)
    .option('--check', "run none: whether this machine's takes work (exit code 0) or not (1)")
    .action(async ({ pool: name, check }: { readonly pool: string; readonly check?: true }) => {
      const pool = parseChoice('--pool', name.replace(/-pool$/, ''), pools);
      if (check) return checkWorker(pool);
      process.removeAllListeners('SIGINT');
      process.exitCode = hasItsHeap(pool) ? await serve(pool) : await serveInItsHeap(pool);
    });
}

function hasItsHeap(pool: Pool): boolean {
  return nodeFlagsOf(pool).every((flag) => process.execArgv.includes(flag));
}

/** Takes work until it is told to end; then what is under way ends. Returns 130 for Ctrl-C, else 0. */
async function serve(pool: Pool): Promise<number> {
  // Only this command needs the worker's native library.
  const { runWorker } = await import('../../workers/run-worker.ts');
  let code = 0;
  process.once('SIGINT', () => (code = 130));
  await runWorker({ pool });
  return code;
}

/** The same in a process whose heap is as `up` sizes it: node takes that only at its start. */
async function serveInItsHeap(pool: Pool): Promise<number> {
  const flags = [...process.execArgv, ...nodeFlagsOf(pool)];
  // In a group of its own: Ctrl-C of the terminal reaches it through us alone, and so once.
  const worker = spawn(process.execPath, [...flags, ...process.argv.slice(1)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  let told = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (told) return void worker.kill('SIGKILL');
      told = true;
      note('takes no more work; what is under way ends within half a minute, or at once when told again');
      worker.kill(signal);
    });
  const [code] = (await once(worker, 'exit')) as [number | null];
  return code ?? 1;
}
