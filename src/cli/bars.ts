import type { Command } from 'commander';
import { intervalNames } from '../domain/interval.ts';
import { sourceNames, usualSource } from '../domain/source.ts';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { adjustments, readBars } from '../store/adjusted-bars.ts';
import { whyWithheld, withheldBars } from '../store/withheld-bars.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { note, marketMark, printCsv, printJson, printTable } from './output.ts';
import { parseChoice, parseSymbols } from './parameters.ts';
import {
  addFormatOptions,
  addRangeOptions,
  parseFormat,
  parseRange,
  type FormatOptions,
  type RangeOptions,
} from './shared-options.ts';

interface BarsOptions extends RangeOptions, FormatOptions {
  readonly interval: string;
  readonly source?: string;
  readonly adjust: string;
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

const usual = intervalNames.map((interval) => `${usualSource[interval]} for ${interval}`).join(', ');

export function addBarsCommand(program: Command): void {
  const command = program.command('bars <symbol>').description('stored bars of one symbol, oldest first');
  addRangeOptions(command)
    .option('--interval <interval>', intervalNames.join(' or '), '1d')
    .option('--source <source>', `${sourceNames.join(' or ')}; without it ${usual}`)
    .option('--adjust <adjust>', 'raw, split (in the shares of today) or total (dividends as well)', 'raw');
  addFormatOptions(command).action(printBars);
}

async function printBars(typed: string, options: BarsOptions): Promise<void> {
  const range = parseRange(options);
  const interval = parseChoice('--interval', options.interval, intervalNames);
  const source = parseChoice('--source', options.source ?? usualSource[interval], sourceNames);
  const adjust = parseChoice('--adjust', options.adjust, adjustments);
  const format = parseFormat(options);
  const [symbol = typed] = parseSymbols(typed);
  await withStore(async ({ store, config }) => {
    const instrument = await findInstrument(store.db, symbol);
    const wish = { instrumentId: instrument.id, source, interval, range, adjust };
    const stored = await readBars(store.db, wish);
    const withheld = whyWithheld(await withheldBars(store.db, wish));
    const opens = new Map(sessionsBetween(range).map(({ session, opensAt }) => [session, opensAt]));
    const bars = stored.map((bar) => ({ ...bar, opensAt: bar.opensAt ?? opens.get(bar.session) ?? null }));
    const rows = bars.map((bar) => columns.map((column) => bar[column]));
    if (format === 'json') {
      const ordered = bars.map((bar) => Object.fromEntries(columns.map((column) => [column, bar[column]])));
      const why = withheld.length > 0 ? { withheld } : {};
      printJson({ symbol: instrument.symbol, source, interval, adjust, bars: ordered, ...why });
      return;
    }
    note(
      `${marketMark(config.market)}${instrument.symbol}, ${source}, ${interval}, ${adjust}: ${bars.length} bars`,
    );
    for (const reason of withheld) note(reason);
    if (format === 'csv') printCsv(columns, rows);
    else printTable(columns, rows);
  });
}
