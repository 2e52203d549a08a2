import type { Command } from 'commander';
import type { DateRange } from '../domain/date-range.ts';
import { intervalNames, type Interval } from '../domain/interval.ts';
import { sourceNames, usualSource, type SourceName } from '../domain/source.ts';
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
import { readConsumerSeries } from './consumer-bars.ts';
import { consumer, consumerColumns } from './consumer-columns.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { findBearers, findInstruments } from './find-instrument.ts';
import { readFromSources, underSymbols } from './find-source.ts';
import { notKnown } from './not-known.ts';
import { parseChoice, parseDate, parseSymbols } from './parameters.ts';
import { printDocuments, printRows, printTables, type BarsOfSymbol } from './print-bars.ts';
import { beginnings, withOpens } from './session-opens.ts';
import {
  addFormatOptions,
  addRangeOptions,
  parseFormat,
  parseRange,
  type FormatOptions,
  type RangeOptions,
} from './shared-options.ts';
import { barColumns } from './table/bar-columns.ts';
import { addTableOptions, chosenColumns, type TableOptions } from './table/column.ts';

interface BarsOptions extends RangeOptions, FormatOptions, TableOptions, AsOfOption {
  readonly interval: string;
  readonly source?: string;
  readonly adjust: string;
  readonly on?: string;
}

const usual = intervalNames.map((interval) => `${usualSource[interval]} for ${interval}`).join(', ');

export function addBarsCommand(program: Command): void {
  const command = program.command('bars <symbols>').description('stored bars of symbols, oldest first');
  addRangeOptions(command)
    .option('--interval <interval>', intervalNames.join(' or '), '1d')
    .option(
      '--source <source>',
      `${sourceNames.join(', ')} or ${consumer} (the best of each session); without it ${usual}, or the other where that has none`,
    )
    .option('--on <date>', 'of who bore the symbol on that day; without it of who bears it today')
    .option('--adjust <adjust>', 'raw, split (in the shares of today) or total (dividends as well)', 'raw');
  addTableOptions(addFormatOptions(addAsOfOption(command))).action(printBars);
}

async function printBars(typed: string, options: BarsOptions): Promise<void> {
  const range = parseRange(options);
  const interval = parseChoice('--interval', options.interval, intervalNames);
  const named =
    options.source === undefined ? null : parseChoice('--source', options.source, [...sourceNames, consumer]);
  if (named === consumer && interval !== '1d')
    throw new UsageError(
      `the ${consumer} series has daily bars only`,
      'leave --interval out, or name a source',
    );
  const adjust = parseChoice('--adjust', options.adjust, adjustments);
  const format = parseFormat(options);
  const choice = chosenColumns(named === consumer ? consumerColumns() : barColumns(interval), options);
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
  readonly named: SourceName | typeof consumer | null;
  readonly interval: Interval;
  readonly range: DateRange;
  readonly adjust: Adjustment;
  readonly asOf: AsOf;
  /** What titles say of the instant. */
  readonly mark: string;
}

/** In the order of the instruments. */
async function readSeries(
  db: Database,
  instruments: readonly StoredInstrument[],
  { named, ...wish }: SeriesWish,
): Promise<readonly BarsOfSymbol[]> {
  if (named === consumer) return underSymbols(instruments, await readConsumerSeries(db, instruments, wish));
  const read = (source: SourceName, instrumentIds: readonly number[]) =>
    readBarsOfMany(db, { ...wish, source, instrumentIds });
  const usual = usualSource[wish.interval];
  const bySource = await readFromSources(instruments, { named, usual, what: 'bars' }, read);
  const all = new Map<number, Omit<BarsOfSymbol, 'symbol'>>();
  for (const [source, rows] of bySource)
    for (const [id, series] of await seriesOf(db, { ...wish, source }, rows)) all.set(id, series);
  return underSymbols(instruments, all);
}

/** What one source has of each instrument, with what is said of it. */
async function seriesOf(
  db: Database,
  wish: Omit<SeriesWish, 'named'> & { readonly source: SourceName },
  rows: ReadonlyMap<number, readonly AdjustedBar[]>,
): Promise<ReadonlyMap<number, Omit<BarsOfSymbol, 'symbol'>>> {
  const { source, interval, range, adjust, asOf, mark } = wish;
  const many = { ...wish, instrumentIds: [...rows.keys()] };
  const through = await adjustedThrough(db, beginnings(rows, range), wish);
  const withheld = await withheldBars(db, many);
  const unknown = await notKnown(db, many, wish);
  return new Map(
    rows.entries().map(([id, bars]) => {
      const series = { source, interval, adjust, asOf, mark, bars: withOpens(bars, range) };
      const said = {
        adjustedThrough: through.get(id) ?? null,
        withheld: whyWithheld(withheld.get(id)),
        notKnown: unknown.get(id) ?? [],
      };
      return [id, { ...series, ...said }];
    }),
  );
}
