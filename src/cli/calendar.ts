import type { Command } from 'commander';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { printJson, printTable } from './output.ts';
import { parseRange, type RangeOptions } from './parameters.ts';

export function addCalendarCommand(program: Command): void {
  program
    .command('calendar')
    .description('sessions of the US stock market')
    .option('--from <date>', 'first date')
    .option('--to <date>', 'last date')
    .option('--start-date <date>', 'the same as --from')
    .option('--end-date <date>', 'the same as --to')
    .option('--json', 'one JSON document')
    .action((options: RangeOptions & { readonly json?: true }) => {
      const sessions = sessionsBetween(parseRange(options));
      if (options.json) printJson({ sessions });
      else {
        const rows = sessions.map(({ session, opensAt, closesAt, earlyClose }) => [
          session,
          opensAt,
          closesAt,
          earlyClose ? 'early' : null,
        ]);
        printTable(['session', 'opensAt', 'closesAt', 'close'], rows);
      }
    });
}
