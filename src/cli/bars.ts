import type { Command } from 'commander';
import type { DateRange } from '../domain/date-range.ts';
import { intervalNames, type Interval } from '../domain/interval.ts';
import { sourceNames, usualSource, type SourceName } from '../domain/source.ts';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { adjustments, readBars, type Adjustment } from '../store/adjusted-bars.ts';
import type { Database } from '../store/database.ts';
import type { StoredInstrument } from '../store/instruments.ts';
import { whyWithheld, withheldBars } from '../store/withheld-bars.ts';
import { withStore } from './context.ts';
import { findInstruments } from './find-instrument.ts';
import { readFromSource } from './find-source.ts';
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
  const command = program.command('bars <symbols>').description('stored bars of symbols, oldest first');
  addRangeOptions(command)
    .option('--interval <interval>', intervalNames.join(' or '), '1d')
    .option(
      '--source <source>',
      `${sourceNames.join(' or ')}; without it ${usual}, or the other where that has none`,
    )
    .option('--adjust <adjust>', 'raw, split (in the shares of today) or total (dividends as well)', 'raw');
  addFormatOptions(command).action(printBars);
}

async function printBars(typed: string, options: BarsOptions): Promise<void> {
  const range = parseRange(options);
  const interval = parseChoice('--interval', options.interval, intervalNames);
  if (options.source !== undefined) parseChoice('--source', options.source, sourceNames);
  const adjust = parseChoice('--adjust', options.adjust, adjustments);
  const format = parseFormat(options);
  const symbols = parseSymbols(typed);
  await withStore(async ({ store: { db }, config }) => {
    const series: Series[] = [];
    for (const instrument of await findInstruments(db, symbols))
      series.push(await readSeries(db, instrument, { named: options.source, interval, range, adjust }));
    const [only] = series;
    if (format === 'json') printJson(series.length === 1 && only !== undefined ? only : { series });
    else printSeries(series, format, marketMark(config.market));
  });
}

interface SeriesWish {
  readonly named: string | undefined;
  readonly interval: Interval;
  readonly range: DateRange;
  readonly adjust: Adjustment;
}

type Bar = Record<(typeof columns)[number], string | number | boolean | null>;

/** The document of one symbol. */
interface Series {
  readonly symbol: string;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly adjust: Adjustment;
  readonly bars: readonly Bar[];
  /** What is left out and why; absent: nothing. */
  readonly withheld?: readonly string[];
}

async function readSeries(
  db: Database,
  { id: instrumentId, symbol }: StoredInstrument,
  { named, interval, range, adjust }: SeriesWish,
): Promise<Series> {
  const usual = usualSource[interval];
  const what = `bars of ${symbol} in that range`;
  const wish = { instrumentId, interval, range, adjust };
  const read = (source: SourceName) => readBars(db, { ...wish, source });
  const { source, rows } = await readFromSource({ named, usual, what }, read);
  const opens = new Map(sessionsBetween(range).map(({ session, opensAt }) => [session, opensAt]));
  const bars = rows.map((bar) => {
    const whole = { ...bar, opensAt: bar.opensAt ?? opens.get(bar.session) ?? null };
    return Object.fromEntries(columns.map((column) => [column, whole[column]])) as Bar;
  });
  const withheld = whyWithheld(await withheldBars(db, { ...wish, source }));
  return { symbol, source, interval, adjust, bars, ...(withheld.length > 0 ? { withheld } : {}) };
}

/** A table each; as CSV one, in which several symbols have a column. */
function printSeries(all: readonly Series[], format: 'table' | 'csv', mark: string): void {
  const cellsOf = (bar: Bar) => columns.map((column) => bar[column]);
  for (const { symbol, source, interval, adjust, bars, withheld = [] } of all) {
    note(`${mark}${symbol}, ${source}, ${interval}, ${adjust}: ${bars.length} bars`);
    for (const reason of withheld) note(reason);
    if (format === 'table') printTable(columns, bars.map(cellsOf));
  }
  if (format === 'table') return;
  const [only] = all;
  if (all.length === 1 && only !== undefined) printCsv(columns, only.bars.map(cellsOf));
  else {
    const rows = all.flatMap(({ symbol, bars }) => bars.map((bar) => [symbol, ...cellsOf(bar)]));
    printCsv(['symbol', ...columns], rows);
  }
}
