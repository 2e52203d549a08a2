import type { Command } from 'commander';
import { inspectConfig } from '../config.ts';
import { printJson, printTable } from './output.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .description('the configuration of this environment')
    .command('check')
    .description('each value, where it came from, and every mistake at once')
    .addOption(jsonOption)
    .action((options: JsonOption) => {
      const { reports } = inspectConfig();
      const problems = reports.flatMap(({ problem }) => problem ?? []);
      if (options.json) printJson({ ok: problems.length === 0, settings: reports, problems });
      else {
        const rows = reports.map(({ name, value, source, problem }) => [name, value, source, problem]);
        printTable(['setting', 'value', 'source', 'problem'], rows);
      }
      if (problems.length > 0) process.exitCode = 2;
    });
}
