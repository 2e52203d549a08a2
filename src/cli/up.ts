import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { lockHome } from '../runtime/lock.ts';
import { onAbandoned } from '../runtime/node-child.ts';
import { printFirstRun } from './first-run.ts';
import { note } from './output.ts';
import { startStack, type Stack } from './stack/start-stack.ts';
import { stopLeftovers } from './stop.ts';

export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('everything on this machine: PostgreSQL, Temporal, workers, schedules, dashboard')
    .option('--headless', 'servers and workers only; on the simulated market no first run')
    .action(async ({ headless }: { readonly headless?: true }) => {
      const config = loadConfig();
      const unlock = lockHome(config.home);
      const ending = endingSignal();
      const watching = new AbortController();
      try {
        await stopLeftovers(config.home);
        const starting = startStack(config, step, watching.signal);
        const stack = await Promise.race([starting, ending.then(() => null)]);
        if (stack !== null)
          await serve(stack, { firstRun: !headless && config.market === 'simulated' }, ending);
        else await givenUp(starting, watching);
      } finally {
        watching.abort();
        await stopLeftovers(config.home);
        unlock();
      }
      process.exitCode = await ending;
    });
}

/** What is half started ends itself, or is written down by now. */
async function givenUp(starting: Promise<unknown>, watching: AbortController): Promise<void> {
  watching.abort(new Error('told to end'));
  await starting.catch((error: unknown) => {
    if (error !== watching.signal.reason) throw error;
  });
}

const began = performance.now();

function step(text: string): void {
  note(`[${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${text}`);
}

async function serve(
  stack: Stack,
  { firstRun }: { readonly firstRun: boolean },
  ending: Promise<number>,
): Promise<void> {
  const ui = stack.ui ?? 'where your server has it';
  step(`ready: dashboard ${stack.dashboard}, Temporal's Web UI ${ui}; Ctrl-C ends everything`);
  if (firstRun) await Promise.race([printFirstRun(), ending]);
  const code = await ending;
  note(code === 130 ? 'ending' : 'told to end');
}

/** The exit code of whatever tells this process to end: 130 for Ctrl-C. Told twice is told once. */
function endingSignal(): Promise<number> {
  process.removeAllListeners('SIGINT');
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve(130));
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(0));
    onAbandoned(() => resolve(0));
  });
}
