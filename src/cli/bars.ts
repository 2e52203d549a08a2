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
  readBarsOfMany,
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
import { parseSource, readFromSources, underSymbols } from './find-source.ts';
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
    const found = on === null ? findInstruments(db, symbols, asOf) : findBearers(db, symbols, on, asOf);
    const all = await readSeries(db, await found, wish);
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

/** In the order of the instruments. */
async function readSeries(
  db: Database,
  instruments: readonly StoredInstrument[],
  { named, ...wish }: SeriesWish,
): Promise<readonly Series[]> {
  const read = (source: SourceName, instrumentIds: readonly number[]) =>
    readBarsOfMany(db, { ...wish, source, instrumentIds });
  const usual = usualSource[wish.interval];
  const bySource = await readFromSources(instruments, { named, usual, what: 'bars' }, read);
  const all = new Map<number, Omit<Series, 'symbol'>>();
  for (const [source, rows] of bySource)
    for (const [id, series] of await seriesOf(db, { ...wish, source }, rows)) all.set(id, series);
  return underSymbols(instruments, all);
}

/** What one source has of each instrument, with what is said of it. */
async function seriesOf(
  db: Database,
  wish: Omit<SeriesWish, 'named'> & { readonly source: SourceName },
  rows: ReadonlyMap<number, readonly AdjustedBar[]>,
): Promise<ReadonlyMap<number, Omit<Series, 'symbol'>>> {
  const { source, interval, range, adjust, asOf, mark } = wish;
  const opens = new Map(sessionsBetween(range).map(({ session, opensAt }) => [session, opensAt]));
  const many = { ...wish, instrumentIds: [...rows.keys()] };
  const since = Array.from(rows, ([instrumentId, bars]) => ({
    instrumentId,
    since: bars[0]?.session ?? range.to,
  }));
  const through = await adjustedThrough(db, since, wish);
  const withheld = await withheldBars(db, many);
  const unknown = await notKnown(db, many, wish);
  return new Map(
    rows.entries().map(([id, bars]) => {
      const timed = bars.map((bar) => ({ ...bar, opensAt: bar.opensAt ?? opens.get(bar.session) ?? null }));
      const series = { source, interval, adjust, asOf, mark, bars: timed };
      const said = {
        adjustedThrough: through.get(id) ?? null,
        withheld: whyWithheld(withheld.get(id)),
        notKnown: unknown.get(id) ?? [],
      };
      return [id, { ...series, ...said }];
    }),
  );
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
