import type { Command } from 'commander';
import { storedActions } from '../store/corporate-actions.ts';
import { openStoreContext } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { marketMark, note, printJson, printTable } from './output.ts';
import { parseSymbols } from './parameters.ts';

export function addActionsCommand(program: Command): void {
  program
    .command('actions <symbol>')
    .description('splits and dividends of one symbol, as each source tells them, oldest first')
    .option('--json', 'one JSON document')
    .action(printActions);
}

async function printActions(typed: string, { json }: { readonly json?: true }): Promise<void> {
  const [symbol = typed] = parseSymbols(typed);
  const { store, config, close } = await openStoreContext();
  try {
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
  } finally {
    await close();
  }
}
