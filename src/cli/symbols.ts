import type { Command } from 'commander';
import type { syncUniverse } from '../../workflows/sync-universe.ts';
import type { SessionDate } from '../domain/session.ts';
import { sourcesWith } from '../domain/source.ts';
import type { Database } from '../store/database.ts';
import { delistingsOf } from '../store/delistings.ts';
import { readUniverse, readWatched, type StoredInstrument } from '../store/instruments.ts';
import { bearersOn } from '../store/symbol-history.ts';
import { vocabularies } from '../store/ticker-days.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { workFace } from '../temporal/names.ts';
import type { AsOf } from '../store/as-of.ts';
import { addAsOfOption, asOfMark, instantOf, parseAsOf, type AsOfOption } from './as-of.ts';
import { withStore, withWorkers } from './context.ts';
import { note, printJson, printTable } from './output.ts';
import { parseDate } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { startHistory } from './start-history.ts';
import { addSymbolLinks } from './symbol-links.ts';
import { addSymbolLists } from './symbol-lists.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { flagText } from './table/figures.ts';

export function addSymbolsCommand(program: Command): void {
  const symbols = program.command('symbols').description('the universe of instruments, and the watchlist');
  symbols
    .command('sync')
    .description("read the provider's lists of instruments, delisted ones included")
    .option(
      '--history',
      'then go on in the background with who bore which ticker when, by lists of past month ends',
    )
    .addOption(jsonOption)
    .action(syncSymbols);
  addTableOptions(addAsOfOption(symbols.command('list')))
    .description('the universe: common stock, ADRs, ETFs and what was added; and the watchlist')
    .option('--date <date>', 'what was listed on that date')
    .option('--watched', 'only the watchlist')
    .addOption(jsonOption)
    .action(listSymbols);
  addSymbolLists(symbols);
  addSymbolLinks(symbols);
}

interface SyncOptions extends JsonOption {
  readonly history?: true;
}

async function syncSymbols({ history, json }: SyncOptions): Promise<void> {
  const asks = sourcesWith(({ reference }) => reference)[0] ?? null;
  await withWorkers('data-ingestion', asks, async ({ client, config }) => {
    const outcome = await client.workflow.execute<typeof syncUniverse>('syncUniverse', {
      workflowId: 'sync-universe',
      taskQueue: config.taskQueues['data-ingestion'],
      workflowIdConflictPolicy: 'USE_EXISTING',
      ...workFace(
        { name: 'sync-universe', pool: 'data-ingestion', subject: asks ?? 'all sources' },
        'reads the lists of instruments, all of them',
        clientIdentity(),
      ),
    });
    if (history) await startHistory(client.workflow, config.taskQueues['data-ingestion']);
    if (json) printJson(outcome, config.market);
    else
      note(`${outcome.instruments} instruments, ${outcome.added} new, ${outcome.retired} no longer listed`);
  });
}

type ShownInstrument = Pick<
  StoredInstrument,
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

interface ListOptions extends JsonOption, TableOptions, AsOfOption {
  readonly date?: string;
  readonly watched?: true;
}

async function listSymbols({ date, watched: onlyWatched, json, ...options }: ListOptions): Promise<void> {
  const choice = chosenColumns(columns, options);
  if (date !== undefined) parseDate('--date', date);
  const written = parseAsOf(options);
  await withStore(async ({ store, config: { market } }) => {
    const asOf = await instantOf(store.db, written);
    const wish = { date: date ?? null, onlyWatched: onlyWatched ?? false, asOf };
    const instruments = await listed(store.db, wish);
    const symbols = instruments.map(shown);
    if (json) {
      const gone = instruments.flatMap(({ id, active }) => (active ? [] : [id]));
      const delistings = await delistingsOf(store.db, gone, asOf);
      const told = instruments.map((one) => ({ ...shown(one), delisting: delistings.get(one.id) ?? null }));
      printJson({ symbols: told, asOf }, market);
      return;
    }
    printTable(
      { title: `${symbols.length} symbols${asOfMark(written, asOf)}`, market, columns, rows: symbols },
      choice,
    );
  });
}

function shown(instrument: StoredInstrument): ShownInstrument {
  const { symbol, name, type, exchange, active, listedOn, delistedOn, watched } = instrument;
  return { symbol, name, type, exchange, active, listedOn, delistedOn, watched };
}

interface ListWish {
  readonly date: SessionDate | null;
  readonly onlyWatched: boolean;
  readonly asOf: AsOf;
}

/** The universe of a date, or of the instant with its watchlist, by symbol; or the watchlist alone. */
async function listed(db: Database, wish: ListWish): Promise<readonly StoredInstrument[]> {
  const { date, onlyWatched, asOf } = wish;
  if (date !== null && !onlyWatched) return bySymbol(await listedOn(db, date, asOf));
  const watched = await readWatched(db, asOf);
  if (onlyWatched) return watched;
  const universe = await readUniverse(db, null, null, asOf);
  const known = new Set(universe.map(({ id }) => id));
  return bySymbol([...universe, ...watched.filter(({ id }) => !known.has(id))]);
}

function bySymbol(instruments: readonly StoredInstrument[]): readonly StoredInstrument[] {
  return [...instruments].sort((one, other) => (one.symbol < other.symbol ? -1 : 1));
}

/** The universe of a day, each under its ticker of that day as far as that is known. */
async function listedOn(db: Database, date: SessionDate, asOf: AsOf): Promise<readonly StoredInstrument[]> {
  const tickers = new Map<number, string>();
  for (const source of vocabularies)
    for (const [ticker, id] of await bearersOn(db, source, date, asOf)) tickers.set(id, ticker);
  const universe = await readUniverse(db, { from: date, to: date }, null, asOf);
  return universe.map((one) => ({ ...one, symbol: tickers.get(one.id) ?? one.symbol }));
}
