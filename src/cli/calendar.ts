import type { Command } from 'commander';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { configuredMarket, printJson, printTable } from './output.ts';
import { addRangeOptions, jsonOption, parseRange } from './shared-options.ts';
import type { JsonOption, RangeOptions } from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { flagText } from './table/figures.ts';
import { exchangeZone } from '../domain/exchange-time.ts';
import { wallClock } from '../operations/wall-clock.ts';

type CalendarRow = ReturnType<typeof sessionsBetween>[number];

const { hour } = wallClock(exchangeZone);
const columns: readonly Column<CalendarRow>[] = [
  { name: 'session', cell: ({ session }) => session },
  { name: 'opens', cell: ({ opensAt }) => hour(opensAt) },
  { name: 'closes', cell: ({ closesAt }) => hour(closesAt) },
  { name: 'close', cell: ({ earlyClose }) => flagText(earlyClose, 'early') },
];

export function addCalendarCommand(program: Command): void {
  const command = program.command('calendar').description('sessions of the US stock market');
  addTableOptions(addRangeOptions(command).addOption(jsonOption)).action(printSessions);
}

function printSessions(options: RangeOptions & JsonOption & TableOptions): void {
  const choice = chosenColumns(columns, options);
  const sessions = sessionsBetween(parseRange(options));
  const market = configuredMarket();
  if (options.json) printJson({ sessions }, market);
  else
    printTable(
      { title: `${sessions.length} sessions; times of ${exchangeZone}`, market, columns, rows: sessions },
      choice,
    );
}
