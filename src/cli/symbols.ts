import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { WatchOutcome } from '../../activities/reference.ts';
import type { syncUniverse } from '../../workflows/sync-universe.ts';
import type { watchSymbols } from '../../workflows/watch-symbols.ts';
import { isCalendarDate } from '../domain/date-range.ts';
import { sourceNames, sourcesWith, usualSource } from '../domain/source.ts';
import { readUniverse, setWatched } from '../store/instruments.ts';
import { canBeAsked, loadConfig, type Market } from '../config.ts';
import { withStore, withWorkers } from './context.ts';
import { UsageError } from './errors.ts';
import { findInstrument } from './find-instrument.ts';
import { note, printJson, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { flagText } from './table/figures.ts';

export function addSymbolsCommand(program: Command): void {
  const symbols = program.command('symbols').description('the universe of instruments');
  symbols
    .command('sync')
    .description("read the provider's lists of instruments, delisted ones included")
    .addOption(jsonOption)
    .action(syncSymbols);
  addTableOptions(symbols.command('list'))
    .description('the universe: common stock, ADRs and ETFs, and what was added')
    .option('--date <date>', 'what was listed on that date')
    .addOption(jsonOption)
    .action(listSymbols);
  symbols
    .command('add <symbols>')
    .description('watch symbols, separated by commas, whatever their type')
    .addOption(jsonOption)
    .action(addSymbols);
  symbols
    .command('remove <symbol>')
    .description('take a symbol out of the universe; its stored bars stay')
    .addOption(jsonOption)
    .action(removeSymbol);
}

async function syncSymbols({ json }: JsonOption): Promise<void> {
  const asks = sourcesWith(({ reference }) => reference)[0] ?? null;
  await withWorkers('data-ingestion', asks, async ({ client, config }) => {
    const outcome = await client.workflow.execute<typeof syncUniverse>('syncUniverse', {
      workflowId: 'sync-universe',
      taskQueue: config.taskQueues['data-ingestion'],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    if (json) printJson(outcome, config.market);
    else
      note(`${outcome.instruments} instruments, ${outcome.added} new, ${outcome.retired} no longer listed`);
  });
}

type ShownInstrument = Pick<
  Awaited<ReturnType<typeof readUniverse>>[number],
  'symbol' | 'name' | 'type' | 'exchange' | 'active' | 'listedOn' | 'delistedOn' | 'watched'
>;

const columns: readonly Column<ShownInstrument>[] = [
  { name: 'symbol', cell: ({ symbol }) => symbol },
  { name: 'name', cell: ({ name }) => name, least: 14 },
  { name: 'type', cell: ({ type }) => type },
  { name: 'exchange', cell: ({ exchange }) => exchange, rank: 2 },
  { name: 'active', cell: ({ active }) => (active ? 'active' : 'delisted') },
  { name: 'listed', cell: ({ listedOn }) => listedOn, rank: 2 },
  { name: 'delisted', cell: ({ delistedOn }) => delistedOn, rank: 2 },
  { name: 'watched', cell: ({ watched }) => flagText(watched, 'watched') },
];

interface ListOptions extends JsonOption, TableOptions {
  readonly date?: string;
}

async function listSymbols({ date, json, ...options }: ListOptions): Promise<void> {
  const choice = chosenColumns(columns, options);
  if (date !== undefined && !isCalendarDate(date)) {
    throw new UsageError(`--date ${JSON.stringify(date)} is not a calendar date`, 'write it as YYYY-MM-DD');
  }
  await withStore(async ({ store, config }) => {
    const universe = await readUniverse(store.db, date === undefined ? null : { from: date, to: date });
    const symbols = universe.map(
      ({ symbol, name, type, exchange, active, listedOn, delistedOn, watched }) => ({
        symbol,
        name,
        type,
        exchange,
        active,
        listedOn,
        delistedOn,
        watched,
      }),
    );
    if (json) {
      printJson({ symbols }, config.market);
      return;
    }
    const title = `${symbols.length} symbols`;
    printTable({ title, market: config.market, columns, rows: symbols }, choice);
  });
}

async function addSymbols(text: string, { json }: JsonOption): Promise<void> {
  const symbols = parseSymbols(text);
  // Without a key for the first, the next one says what a symbol is.
  const configured = loadConfig();
  const [source = usualSource['1d']] = sourceNames.filter((name) => canBeAsked(configured, name));
  await withWorkers('data-ingestion', source, async ({ client, config }) => {
    const seconds = Math.ceil((symbols.length * 4 * 61) / config.sources[source].requestsPerMinute);
    const outcomes = await client.workflow.execute<typeof watchSymbols>('watchSymbols', {
      workflowId: `watch-symbols/${randomUUID()}`,
      taskQueue: config.taskQueues['data-ingestion'],
      args: [{ symbols, seconds, source }],
    });
    reportWatched(outcomes, json ?? false, config.market);
  });
}

function reportWatched(outcomes: readonly WatchOutcome[], json: boolean, market: Market): void {
  if (json) printJson({ symbols: outcomes }, market);
  else
    for (const { symbol, error } of outcomes)
      note(error === null ? `${symbol} is watched` : `${symbol}: ${error}`);
  if (outcomes.some(({ error }) => error !== null)) process.exitCode = 1;
}

async function removeSymbol(typed: string, { json }: JsonOption): Promise<void> {
  const [symbol = typed] = parseSymbols(typed);
  await withStore(async ({ store, config }) => {
    const instrument = await findInstrument(store.db, symbol);
    await setWatched(store.db, instrument.id, false);
    if (json) printJson({ symbols: [{ symbol: instrument.symbol, error: null }] }, config.market);
    else note(`${instrument.symbol} is out of the universe; its stored bars stay`);
  });
}
