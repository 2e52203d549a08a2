import type { Command } from 'commander';
import type { Market } from '../config.ts';
import type { Database } from '../store/database.ts';
import { latestStatements, readKeyStatistics } from '../store/fundamentals.ts';
import { knownReadings } from '../store/known-readings.ts';
import type { AsOf } from '../store/as-of.ts';
import { addAsOfOption, asOfMark, instantOf, parseAsOf, type AsOfOption } from './as-of.ts';
import { withStore } from './context.ts';
import { findInstruments } from './find-instrument.ts';
import { note, printJsonOfEach, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type TableOptions } from './table/column.ts';
import { factColumns, type Fact } from './table/facts.ts';
import { amountText } from './table/figures.ts';
import { wallClock } from '../operations/wall-clock.ts';
import { statementTables } from './table/statement-tables.ts';

export function addFundamentalsCommand(program: Command): void {
  const command = program
    .command('fundamentals <symbols>')
    .description('statements and key statistics of symbols, with when each was known');
  addTableOptions(addAsOfOption(command.addOption(jsonOption))).action(printFundamentals);
}

async function printFundamentals(
  typed: string,
  options: JsonOption & TableOptions & AsOfOption,
): Promise<void> {
  const symbols = parseSymbols(typed);
  const written = parseAsOf(options);
  await withStore(async ({ store: { db }, config: { market, displayTimeZone: zone } }) => {
    const asOf = await instantOf(db, written);
    const all: Fundamentals[] = [];
    for (const { id, symbol } of await findInstruments(db, symbols, asOf)) {
      const statements = await latestStatements(db, id, asOf);
      const keyStatistics = await readKeyStatistics(db, id, asOf);
      const shown = { symbol, asOf, adjustedThrough: null, statements, keyStatistics };
      const notKnown = await notKnownOf(db, id, shown);
      all.push({ ...shown, ...(notKnown.length > 0 ? { notKnown } : {}) });
    }
    // Of now it is what a run has yet to bring.
    if (written.kind !== 'now') sayNotKnown(all);
    if (options.json) printJsonOfEach('symbols', all, market);
    else printTables(all, { market, zone, options, mark: asOfMark(written, asOf) });
  });
}

/** What is stored of one symbol. */
interface Fundamentals {
  readonly symbol: string;
  readonly asOf: AsOf;
  /** Nothing of them is adjusted. */
  readonly adjustedThrough: null;
  readonly statements: Awaited<ReturnType<typeof latestStatements>>;
  readonly keyStatistics: Awaited<ReturnType<typeof readKeyStatistics>>;
  /** What nobody had asked a source for; unset: there is nothing of that. */
  readonly notKnown?: readonly Part[];
}

const parts = ['statements', 'keyStatistics'] as const;
type Part = (typeof parts)[number];

/** What is not there because no source had been asked for it at the instant. */
async function notKnownOf(
  db: Database,
  id: number,
  { asOf, statements, keyStatistics }: Fundamentals,
): Promise<readonly Part[]> {
  const lacks = { statements: statements.length === 0, keyStatistics: keyStatistics === null };
  const lacking = parts.filter((part) => lacks[part]);
  if (lacking.length === 0) return [];
  const read = await knownReadings(db, id, asOf);
  return lacking.filter((part) => !read.has(part === 'statements' ? 'fundamentals' : 'key_statistics'));
}

function sayNotKnown(all: readonly Fundamentals[]): void {
  const names = { statements: 'statements', keyStatistics: 'key statistics' };
  for (const { symbol, notKnown = [] } of all)
    if (notKnown.length > 0)
      note(`nothing was known then of ${notKnown.map((part) => names[part]).join(' and ')} of ${symbol}`);
}

interface Showing {
  readonly market: Market;
  readonly zone: string;
  readonly options: TableOptions;
  /** What titles say of the instant. */
  readonly mark: string;
}

function printTables(all: readonly Fundamentals[], { market, zone, options, mark }: Showing): void {
  const clock = wallClock(zone);
  const shown = all.map((one) => ({ ...one, tables: statementTables(one.statements, clock) }));
  const periods = shown.flatMap(({ tables }) => tables.flatMap(({ columns }) => columns));
  const choice = chosenColumns(periods.length === 0 ? factColumns : periods, options);
  let follows = false;
  for (const { symbol, tables, keyStatistics } of shown) {
    for (const table of tables) {
      const title = `${symbol}${mark}: ${table.title}; times of ${zone}`;
      printTable({ ...table, title, market, follows }, choice);
      follows = true;
    }
    const observed =
      keyStatistics === null ? 'none' : `of ${clock.minute(keyStatistics.observedAt)} (${zone})`;
    const title = `${symbol}${mark}: key statistics ${observed}`;
    const rows = statisticsOf(keyStatistics?.values ?? {});
    printTable({ title, market, columns: factColumns, rows, follows }, 'fitting');
    follows = true;
  }
}

type Modules = NonNullable<Fundamentals['keyStatistics']>['values'];

function statisticsOf(modules: Modules): readonly Fact[] {
  return Object.values(modules)
    .flatMap((module) => Object.entries(module))
    .map(([name, value]) => ({ name, value: typeof value === 'number' ? amountText(value) : value }));
}
