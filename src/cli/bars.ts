import type { Command } from 'commander';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { adjustments, readBars } from '../store/adjusted-bars.ts';
import { openReading } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { note, marketMark, printCsv, printJson, printTable } from './output.ts';
import { parseChoice, parseFormat, parseRange, parseSymbols, type RangeOptions } from './parameters.ts';

interface BarsOptions extends RangeOptions {
  readonly interval: string;
  readonly source?: string;
  readonly adjust: string;
  readonly format: string;
  readonly json?: true;
}

const columns = [
  'session',
  'opensAt',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'vwap',
  'trades',
  'settled',
  'observedAt',
] as const;

export function addBarsCommand(program: Command): void {
  program
    .command('bars <symbol>')
    .description('stored bars of one symbol, oldest first')
    .option('--from <date>', 'first session')
    .option('--to <date>', 'last session')
    .option('--start-date <date>', 'the same as --from')
    .option('--end-date <date>', 'the same as --to')
    .option('--interval <interval>', '1d or 1h', '1d')
    .option('--source <source>', 'polygon or yahoo; without it polygon for 1d, yahoo for 1h')
    .option('--adjust <adjust>', 'raw, split (in the shares of today) or total (dividends as well)', 'raw')
    .option('--format <format>', 'table, csv or json', 'table')
    .option('--json', 'the same as --format json')
    .action(printBars);
}

async function printBars(typed: string, options: BarsOptions): Promise<void> {
  const range = parseRange(options);
  const interval = parseChoice('--interval', options.interval, ['1d', '1h']);
  const usual = interval === '1d' ? 'polygon' : 'yahoo';
  const source = parseChoice('--source', options.source ?? usual, ['polygon', 'yahoo']);
  const adjust = parseChoice('--adjust', options.adjust, adjustments);
  const format = parseFormat(options);
  const [symbol = typed] = parseSymbols(typed);
  const { store, config, close } = await openReading();
  try {
    const instrument = await findInstrument(store.db, symbol);
    const stored = await readBars(store.db, { instrumentId: instrument.id, source, interval, range, adjust });
    const opens = new Map(sessionsBetween(range).map(({ session, opensAt }) => [session, opensAt]));
    const bars = stored.map((bar) => ({ ...bar, opensAt: bar.opensAt ?? opens.get(bar.session) ?? null }));
    const rows = bars.map((bar) => columns.map((column) => bar[column]));
    if (format === 'json') {
      const ordered = bars.map((bar) => Object.fromEntries(columns.map((column) => [column, bar[column]])));
      printJson({ symbol: instrument.symbol, source, interval, adjust, bars: ordered });
      return;
    }
    note(
      `${marketMark(config.market)}${instrument.symbol}, ${source}, ${interval}, ${adjust}: ${bars.length} bars`,
    );
    if (format === 'csv') printCsv(columns, rows);
    else printTable(columns, rows);
  } finally {
    await close();
  }
}
