import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { isRunning, stopProcess } from '../runtime/processes.ts';
import { readState } from '../runtime/state.ts';
import { note, printJson } from './output.ts';
import { stopLeftovers } from './stop.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

/** What `up` needs at most to end its children in order. */
const upDeadlineMs = 90_000;

export function addDownCommand(program: Command): void {
  program
    .command('down')
    .description('end what barwright up has started')
    .addOption(jsonOption)
    .action(async ({ json }: JsonOption) => {
      const { home, market } = loadConfig();
      const state = readState(home);
      const stopped = state !== null;
      if (state !== null && isRunning(state.up)) {
        await stopProcess(state.up, { signal: 'SIGTERM', deadlineMs: upDeadlineMs });
      }
      // What a killed `up` could not end itself.
      await stopLeftovers(home);
      if (json) printJson({ stopped }, state?.market ?? market);
      else note(stopped ? 'ended' : 'nothing was running');
    });
}
