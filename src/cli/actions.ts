import type { Command } from 'commander';
import { storedActions } from '../store/corporate-actions.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { marketMark, note, printJson, printTable } from './output.ts';
import { parseOneSymbol } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

export function addActionsCommand(program: Command): void {
  const command = program
    .command('actions <symbol>')
    .description('splits and dividends of one symbol, as each source tells them, oldest first');
  command.addOption(jsonOption).action(printActions);
}

async function printActions(typed: string, { json }: JsonOption): Promise<void> {
  const symbol = parseOneSymbol(typed);
  await withStore(async ({ store, config }) => {
    const instrument = await findInstrument(store.db, symbol);
    const actions = (await storedActions(store.db, [instrument.id])).map(
      ({ id: _id, instrumentId: _instrumentId, ...action }) => action,
    );
    if (json) {
      printJson({ symbol: instrument.symbol, actions });
      return;
    }
    note(`${marketMark(config.market)}${instrument.symbol}: ${actions.length} corporate actions`);
    printTable(
      ['ex-date', 'kind', 'ratio', 'amount', 'currency', 'type', 'source', 'status', 'reason'],
      actions.map(({ exDate, kind, ratio, amount, currency, dividendType, source, status, reason }) => {
        return [exDate, kind, ratio, amount, currency, dividendType, source, status, reason];
      }),
    );
  });
}
