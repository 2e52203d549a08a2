import type { Command } from 'commander';
import { intervalNames, type Interval } from '../domain/interval.ts';
import { sourceNames, usualSource } from '../domain/source.ts';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { adjustments, readBars, type AdjustedBar } from '../store/adjusted-bars.ts';
import { whyWithheld, withheldBars } from '../store/withheld-bars.ts';
import { withStore } from './context.ts';
import { findInstrument } from './find-instrument.ts';
import { marketMark, note, printCsv, printJson, printTable } from './output.ts';
import { parseChoice, parseSymbols } from './parameters.ts';
import {
  addFormatOptions,
  addRangeOptions,
  parseFormat,
  parseRange,
  type FormatOptions,
  type RangeOptions,
} from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { countText, flagText, priceText } from './table/figures.ts';
import { exchangeZone } from '../domain/exchange-time.ts';
import { wallClock } from './table/shown-time.ts';

interface BarsOptions extends RangeOptions, FormatOptions, TableOptions {
  readonly interval: string;
  readonly source?: string;
  readonly adjust: string;
}

const fields = [
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
  addTableOptions(addFormatOptions(command)).action(printBars);
}

async function printBars(typed: string, options: BarsOptions): Promise<void> {
  const range = parseRange(options);
  const interval = parseChoice('--interval', options.interval, intervalNames);
  const source = parseChoice('--source', options.source ?? usualSource[interval], sourceNames);
  const adjust = parseChoice('--adjust', options.adjust, adjustments);
  const format = parseFormat(options);
  const columns = columnsOf(interval);
  const choice = chosenColumns(columns, options);
  const [symbol = typed] = parseSymbols(typed);
  await withStore(async ({ store, config }) => {
    const instrument = await findInstrument(store.db, symbol);
    const wish = { instrumentId: instrument.id, source, interval, range, adjust };
    const stored = await readBars(store.db, wish);
    const withheld = whyWithheld(await withheldBars(store.db, wish));
    const opens = new Map(sessionsBetween(range).map(({ session, opensAt }) => [session, opensAt]));
    const bars = stored.map((bar) => ({ ...bar, opensAt: bar.opensAt ?? opens.get(bar.session) ?? null }));
    if (format === 'json') {
      const ordered = bars.map((bar) => Object.fromEntries(fields.map((field) => [field, bar[field]])));
      const why = withheld.length > 0 ? { withheld } : {};
      printJson(
        { symbol: instrument.symbol, source, interval, adjust, bars: ordered, ...why },
        config.market,
      );
      return;
    }
    const title = `${instrument.symbol}, ${source}, ${interval}, ${adjust}: ${bars.length} bars`;
    for (const reason of withheld) note(reason);
    if (format === 'csv') {
      note(`${marketMark(config.market)}${title}`);
      printCsv(
        fields,
        bars.map((bar) => fields.map((field) => bar[field])),
      );
    } else
      printTable(
        { title: `${title}; times of ${exchangeZone}`, market: config.market, columns, rows: bars },
        choice,
      );
  });
}

const { hour, minute } = wallClock(exchangeZone);

/** The open of a daily bar is that of its session. */
function columnsOf(interval: Interval): readonly Column<AdjustedBar>[] {
  return [
    { name: 'session', cell: ({ session }) => session },
    { name: 'opens', cell: ({ opensAt }) => hour(opensAt), rank: interval === '1d' ? 3 : 1 },
    { name: 'open', cell: ({ open }) => priceText(open), right: true },
    { name: 'high', cell: ({ high }) => priceText(high), right: true },
    { name: 'low', cell: ({ low }) => priceText(low), right: true },
    { name: 'close', cell: ({ close }) => priceText(close), right: true },
    { name: 'volume', cell: ({ volume }) => countText(volume), right: true },
    { name: 'vwap', cell: ({ vwap }) => priceText(vwap), right: true, rank: 2 },
    { name: 'trades', cell: ({ trades }) => countText(trades), right: true, rank: 3 },
    { name: 'settled', cell: ({ settled }) => flagText(settled, 'settled'), rank: 2 },
    { name: 'observed', cell: ({ observedAt }) => minute(observedAt), rank: 3 },
  ];
}
