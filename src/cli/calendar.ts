import type { Command } from 'commander';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { printJson, printTable } from './output.ts';
import { addRangeOptions, jsonOption, parseRange } from './shared-options.ts';
import type { JsonOption, RangeOptions } from './shared-options.ts';

export function addCalendarCommand(program: Command): void {
  const command = program.command('calendar').description('sessions of the US stock market');
  addRangeOptions(command).addOption(jsonOption).action(printSessions);
}

function printSessions(options: RangeOptions & JsonOption): void {
  const sessions = sessionsBetween(parseRange(options));
  if (options.json) {
    printJson({ sessions });
    return;
  }
  const rows = sessions.map(({ session, opensAt, closesAt, earlyClose }) => {
    return [session, opensAt, closesAt, earlyClose ? 'early' : null];
  });
  printTable(['session', 'opensAt', 'closesAt', 'close'], rows);
}
