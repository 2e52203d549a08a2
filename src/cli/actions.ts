import type { Command } from 'commander';
import { storedActions, type StoredAction } from '../store/corporate-actions.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { printJson, printTable } from './output.ts';
import { parseOneSymbol } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { priceText, significantText } from './table/figures.ts';

type ShownAction = Omit<StoredAction, 'id' | 'instrumentId'>;

const columns: readonly Column<ShownAction>[] = [
  { name: 'ex-date', cell: ({ exDate }) => exDate },
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'ratio', cell: ({ ratio }) => significantText(ratio), right: true },
  { name: 'amount', cell: ({ amount }) => priceText(amount), right: true },
  { name: 'currency', cell: ({ currency }) => currency, rank: 2 },
  { name: 'type', cell: ({ dividendType }) => dividendType, rank: 2 },
  { name: 'source', cell: ({ source }) => source },
  { name: 'status', cell: ({ status }) => status },
  { name: 'reason', cell: ({ reason }) => reason, rank: 2, least: 16 },
  { name: 'pays', cell: ({ payOn }) => payOn, rank: 3 },
];

export function addActionsCommand(program: Command): void {
  const command = program
    .command('actions <symbol>')
    .description('splits and dividends of one symbol, as each source tells them, oldest first');
  addTableOptions(command.addOption(jsonOption)).action(printActions);
}

async function printActions(typed: string, options: JsonOption & TableOptions): Promise<void> {
  const choice = chosenColumns(columns, options);
  const symbol = parseOneSymbol(typed);
  await withStore(async ({ store, config }) => {
    const instrument = await findInstrument(store.db, symbol);
    const actions = (await storedActions(store.db, [instrument.id])).map(
      ({ id: _id, instrumentId: _instrumentId, ...action }) => action,
    );
    if (options.json) {
      printJson({ symbol: instrument.symbol, actions }, config.market);
      return;
    }
    const title = `${instrument.symbol}: ${actions.length} corporate actions`;
    printTable({ title, market: config.market, columns, rows: actions }, choice);
  });
}
