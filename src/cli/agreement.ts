import type { Command } from 'commander';
import { firstKnown, lastKnown } from '../domain/session.ts';
import { readAgreement, type AgreementShare } from '../store/source-agreement.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { findInstruments } from './find-instrument.ts';
import { printJson, printTable } from './output.ts';
import { parseDate, parseSymbols } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';

interface AgreementOptions extends JsonOption, TableOptions {
  readonly symbols?: string;
  readonly from?: string;
  readonly to?: string;
}

/** How far the sources agree. */
export function addAgreementCommand(quality: Command): void {
  addTableOptions(quality.command('agreement'))
    .description('how many cells two sources tell alike within a tolerance, by month and field')
    .option('--symbols <list>', 'of these symbols only')
    .option('--from <date>', 'from the month of this date')
    .option('--to <date>', 'to the month of this date')
    .addOption(jsonOption)
    .action(show);
}

async function show({ symbols, from, to, json, ...options }: AgreementOptions): Promise<void> {
  const choice = chosenColumns(columns, options);
  const names = symbols === undefined ? null : parseSymbols(symbols);
  const range = {
    from: from === undefined ? firstKnown : parseDate('--from', from),
    to: to === undefined ? lastKnown : parseDate('--to', to),
  };
  if (range.from > range.to) throw new UsageError('--from is after --to', 'exchange the two dates');
  await withStore(async ({ store: { db }, config: { market } }) => {
    const instruments = names === null ? null : await findInstruments(db, names);
    const agreement = await readAgreement(db, {
      instrumentIds: instruments?.map(({ id }) => id) ?? null,
      range,
    });
    if (json) printJson({ agreement }, market);
    else printTable({ title: 'cells that two sources tell alike', market, columns, rows: agreement }, choice);
  });
}

const columns: readonly Column<AgreementShare>[] = [
  { name: 'sources', cell: ({ source, other }) => `${source}, ${other}` },
  { name: 'month', cell: ({ month }) => month.slice(0, 7) },
  { name: 'field', cell: ({ field }) => field },
  { name: 'within', cell: ({ within }) => within, right: true },
  { name: 'beyond', cell: ({ beyond }) => beyond, right: true },
  { name: 'share', cell: ({ share }) => `${(100 * share).toFixed(1)} %`, right: true },
];
