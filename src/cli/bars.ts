import type { Command } from 'commander';
import type { Market } from '../config.ts';
import type { DateRange } from '../domain/date-range.ts';
import { exchangeZone } from '../domain/exchange-time.ts';
import type { SessionDate } from '../domain/session.ts';
import { intervalNames, type Interval } from '../domain/interval.ts';
import { sourceNames, usualSource, type SourceName } from '../domain/source.ts';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import {
  adjustedThrough,
  adjustments,
  readBars,
  type AdjustedBar,
  type Adjustment,
} from '../store/adjusted-bars.ts';
import type { AsOf } from '../store/as-of.ts';
import type { Database } from '../store/database.ts';
import type { StoredInstrument } from '../store/instruments.ts';
import { whyWithheld, withheldBars } from '../store/withheld-bars.ts';
import { addAsOfOption, asOfMark, instantOf, parseAsOf, type AsOfOption } from './as-of.ts';
import { withStore } from './context.ts';
import { findBearers, findInstruments } from './find-instrument.ts';
import { notKnown, sayNotKnown, type NotKnown } from './not-known.ts';
import { parseSource, readFromSource } from './find-source.ts';
import { marketMark, note, printCsvOfEach, printJsonOfEach, printTable } from './output.ts';
import { parseChoice, parseDate, parseSymbols } from './parameters.ts';
import {
  addFormatOptions,
  addRangeOptions,
  parseFormat,
  parseRange,
  type FormatOptions,
  type RangeOptions,
} from './shared-options.ts';
import { barColumns } from './table/bar-columns.ts';
import { addTableOptions, chosenColumns, type ColumnChoice, type TableOptions } from './table/column.ts';

interface BarsOptions extends RangeOptions, FormatOptions, TableOptions, AsOfOption {
  readonly interval: string;
  readonly source?: string;
  readonly adjust: string;
  readonly on?: string;
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
  const command = program.command('bars <symbols>').description('stored bars of symbols, oldest first');
  addRangeOptions(command)
    .option('--interval <interval>', intervalNames.join(' or '), '1d')
    .option(
      '--source <source>',
      `${sourceNames.join(' or ')}; without it ${usual}, or the other where that has none`,
    )
    .option('--on <date>', 'of who bore the symbol on that day; without it of who bears it today')
    .option('--adjust <adjust>', 'raw, split (in the shares of today) or total (dividends as well)', 'raw');
  addTableOptions(addFormatOptions(addAsOfOption(command))).action(printBars);
}

async function printBars(typed: string, options: BarsOptions): Promise<void> {
  const range = parseRange(options);
  const interval = parseChoice('--interval', options.interval, intervalNames);
  const named = parseSource(options.source);
  const adjust = parseChoice('--adjust', options.adjust, adjustments);
  const format = parseFormat(options);
  const choice = chosenColumns(barColumns(interval), options);
  const symbols = parseSymbols(typed);
  const on = options.on === undefined ? null : parseDate('--on', options.on);
  const written = parseAsOf(options);
  await withStore(async ({ store: { db }, config: { market } }) => {
    const asOf = await instantOf(db, written);
    const wish = { named, interval, range, adjust, asOf, mark: asOfMark(written, asOf) };
    const all: Series[] = [];
    const found = on === null ? findInstruments(db, symbols, asOf) : findBearers(db, symbols, on, asOf);
    for (const instrument of await found) all.push(await readSeries(db, instrument, wish));
    if (format === 'json') printDocuments(all, market);
    else if (format === 'csv') printRows(all, market);
    else printTables(all, market, choice);
  });
}

interface SeriesWish {
  readonly named: SourceName | null;
  readonly interval: Interval;
  readonly range: DateRange;
  readonly adjust: Adjustment;
  readonly asOf: AsOf;
  /** What titles say of the instant. */
  readonly mark: string;
}

/** The bars of one symbol. */
interface Series {
  readonly symbol: string;
  readonly source: SourceName;
  readonly interval: Interval;
  readonly adjust: Adjustment;
  readonly asOf: AsOf;
  readonly adjustedThrough: SessionDate | null;
  readonly bars: readonly AdjustedBar[];
  /** What is left out and why. */
  readonly withheld: readonly string[];
  /** Sessions of which nothing was known at the instant. */
  readonly notKnown: NotKnown;
  readonly mark: string;
}

async function readSeries(
  db: Database,
  { id: instrumentId, symbol }: StoredInstrument,
  { named, interval, range, adjust, asOf, mark }: SeriesWish,
): Promise<Series> {
  const usual = usualSource[interval];
  const what = `bars of ${symbol} in that range`;
  const wish = { instrumentId, interval, range, adjust, asOf };
  const read = (source: SourceName) => readBars(db, { ...wish, source });
  const { source, rows } = await readFromSource({ named, usual, what }, read);
  const opens = new Map(sessionsBetween(range).map(({ session, opensAt }) => [session, opensAt]));
  const bars = rows.map((bar) => ({ ...bar, opensAt: bar.opensAt ?? opens.get(bar.session) ?? null }));
  const series = { ...wish, source };
  return {
    ...{ symbol, source, interval, adjust, asOf, mark, bars },
    adjustedThrough: await adjustedThrough(db, { ...wish, since: bars[0]?.session ?? range.to }),
    withheld: whyWithheld(await withheldBars(db, series)),
    notKnown: await notKnown(db, series, { range, asOf }),
  };
}

function printDocuments(all: readonly Series[], market: Market): void {
  const documents = all.map(({ bars, withheld, notKnown, mark: _mark, ...series }) => {
    const ordered = bars.map((bar) => Object.fromEntries(fields.map((field) => [field, bar[field]])));
    return {
      ...{ ...series, bars: ordered },
      ...(withheld.length > 0 ? { withheld } : {}),
      ...(notKnown.length > 0 ? { notKnown } : {}),
    };
  });
  printJsonOfEach('series', documents, market);
}

function printTables(all: readonly Series[], market: Market, choice: ColumnChoice): void {
  for (const series of all) {
    sayWhatLacks(series);
    const columns = barColumns(series.interval);
    const title = `${titleOf(series)}; times of ${exchangeZone}`;
    printTable({ title, market, columns, rows: series.bars, follows: series !== all[0] }, choice);
  }
}

function printRows(all: readonly Series[], market: Market): void {
  for (const series of all) {
    sayWhatLacks(series);
    note(`${marketMark(market)}${titleOf(series)}`);
  }
  const cells = (bar: AdjustedBar) => fields.map((field) => bar[field]);
  printCsvOfEach(
    fields,
    all.map(({ symbol, bars }) => ({ symbol, rows: bars.map(cells) })),
  );
}

function sayWhatLacks({ withheld, notKnown, mark }: Series): void {
  for (const reason of withheld) note(reason);
  // Of now it is what a run has yet to bring.
  if (mark !== '') sayNotKnown(notKnown);
}

function titleOf({ symbol, source, interval, adjust, bars, mark }: Series): string {
  return `${symbol}, ${source}, ${interval}, ${adjust}${mark}: ${bars.length} bars`;
}
