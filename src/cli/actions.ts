import type { Command } from 'commander';
import { storedActions, type StoredAction } from '../store/corporate-actions.ts';
import { addAsOfOption, asOfMark, instantOf, parseAsOf, type AsOfOption } from './as-of.ts';
import { withStore } from './context.ts';
import { findInstruments } from './find-instrument.ts';
import { notKnownActions, sayNotKnownActions } from './not-known-actions.ts';
import { printJsonOfEach, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';
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
    .command('actions <symbols>')
    .description('splits and dividends of symbols, as each source tells them, oldest first');
  addTableOptions(addAsOfOption(command.addOption(jsonOption))).action(printActions);
}

async function printActions(typed: string, options: JsonOption & TableOptions & AsOfOption): Promise<void> {
  const choice = chosenColumns(columns, options);
  const symbols = parseSymbols(typed);
  const written = parseAsOf(options);
  await withStore(async ({ store: { db }, config: { market } }) => {
    const asOf = await instantOf(db, written);
    const instruments = await findInstruments(db, symbols, asOf);
    const ids = instruments.map(({ id }) => id);
    const stored = await storedActions(db, ids, asOf);
    const unread = await notKnownActions(db, ids, asOf);
    const all = instruments.map(({ id, symbol }) => {
      const actions = actionsOf(id, stored);
      const notKnown = unread.get(id) ?? [];
      const lacks = notKnown.length > 0 ? { notKnown } : {};
      return { symbol, asOf, adjustedThrough: lastInEffect(actions), actions, ...lacks };
    });
    if (options.json) {
      printJsonOfEach('symbols', all, market);
      return;
    }
    for (const [index, { symbol, actions, notKnown = [] }] of all.entries()) {
      // Of now it is what a run has yet to bring.
      if (written.kind !== 'now') sayNotKnownActions(symbol, notKnown);
      const title = `${symbol}${asOfMark(written, asOf)}: ${actions.length} corporate actions`;
      printTable({ title, market, columns, rows: actions, follows: index > 0 }, choice);
    }
  });
}

function actionsOf(instrument: number, stored: readonly StoredAction[]): readonly ShownAction[] {
  return stored.flatMap(({ id: _id, instrumentId, ...action }) =>
    instrumentId === instrument ? [action] : [],
  );
}

/** The last action that counts. */
function lastInEffect(actions: readonly ShownAction[]): string | null {
  return actions.findLast(({ status }) => status === 'effective')?.exDate ?? null;
}
