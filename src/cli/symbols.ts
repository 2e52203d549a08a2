import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { WatchOutcome } from '../../activities/reference.ts';
import type { syncUniverse } from '../../workflows/sync-universe.ts';
import type { watchSymbols } from '../../workflows/watch-symbols.ts';
import { isCalendarDate } from '../domain/date-range.ts';
import { sourceNames, sourcesWith, usualSource } from '../domain/source.ts';
import { readUniverse, setWatched } from '../store/instruments.ts';
import { canBeAsked, loadConfig } from '../config.ts';
import { withStore, withWorkers } from './context.ts';
import { UsageError } from './errors.ts';
import { findInstrument } from './find-instrument.ts';
import { marketMark, note, printJson, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

export function addSymbolsCommand(program: Command): void {
  const symbols = program.command('symbols').description('the universe of instruments');
  symbols
    .command('sync')
    .description("read the provider's lists of instruments, delisted ones included")
    .addOption(jsonOption)
    .action(syncSymbols);
  symbols
    .command('list')
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
    if (json) printJson(outcome);
    else
      note(`${outcome.instruments} instruments, ${outcome.added} new, ${outcome.retired} no longer listed`);
  });
}

async function listSymbols({ date, json }: JsonOption & { readonly date?: string }): Promise<void> {
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
      printJson({ symbols });
      return;
    }
    process.stdout.write(`${marketMark(config.market)}${symbols.length} symbols\n`);
    printTable(
      ['symbol', 'name', 'type', 'exchange', 'active', 'listed', 'delisted', 'watched'],
      symbols.map((symbol) => Object.values(symbol)),
    );
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
    reportWatched(outcomes, json ?? false);
  });
}

function reportWatched(outcomes: readonly WatchOutcome[], json: boolean): void {
  if (json) printJson({ symbols: outcomes });
  else
    for (const { symbol, error } of outcomes)
      note(error === null ? `${symbol} is watched` : `${symbol}: ${error}`);
  if (outcomes.some(({ error }) => error !== null)) process.exitCode = 1;
}

async function removeSymbol(typed: string, { json }: JsonOption): Promise<void> {
  const [symbol = typed] = parseSymbols(typed);
  await withStore(async ({ store }) => {
    const instrument = await findInstrument(store.db, symbol);
    await setWatched(store.db, instrument.id, false);
    if (json) printJson({ symbols: [{ symbol: instrument.symbol, error: null }] });
    else note(`${instrument.symbol} is out of the universe; its stored bars stay`);
  });
}
