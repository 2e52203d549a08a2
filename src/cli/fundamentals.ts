import type { Command } from 'commander';
import { latestStatements, readKeyStatistics } from '../store/fundamentals.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { marketMark, note, printJson, printTable } from './output.ts';
import { parseOneSymbol } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

export function addFundamentalsCommand(program: Command): void {
  const command = program
    .command('fundamentals <symbol>')
    .description('statements and key statistics of one symbol, with when each was known');
  command.addOption(jsonOption).action(printFundamentals);
}

async function printFundamentals(typed: string, { json }: JsonOption): Promise<void> {
  const symbol = parseOneSymbol(typed);
  await withStore(async ({ store, config }) => {
    const instrument = await findInstrument(store.db, symbol);
    const statements = await latestStatements(store.db, instrument.id);
    const keyStatistics = await readKeyStatistics(store.db, instrument.id);
    if (json) {
      printJson({ symbol: instrument.symbol, statements, keyStatistics });
      return;
    }
    note(`${marketMark(config.market)}${instrument.symbol}: ${statements.length} statements`);
    printTable(
      ['statement', 'frequency', 'period end', 'known since', 'currency', 'values'],
      statements.map(({ statement, frequency, periodEnd, availableAt, currency, values }) => {
        return [
          statement,
          frequency,
          periodEnd,
          availableAt.toISOString(),
          currency,
          Object.keys(values).length,
        ];
      }),
    );
    const rows = Object.values(keyStatistics?.values ?? {}).flatMap((module) => Object.entries(module));
    if (rows.length > 0) printTable(['key statistic', 'value'], rows);
  });
}
