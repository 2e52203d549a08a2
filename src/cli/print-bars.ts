import type { Market } from '../config.ts';
import { exchangeZone } from '../domain/exchange-time.ts';
import type { Interval } from '../domain/interval.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { AdjustedBar, Adjustment } from '../store/adjusted-bars.ts';
import type { AsOf } from '../store/as-of.ts';
import type { ConsumerBar } from '../store/consumer-bars.ts';
import { consumer, consumerColumns, consumerFields } from './consumer-columns.ts';
import { sayNotKnown, type NotKnown } from './not-known.ts';
import { marketMark, note, printCsvOfEach, printJsonOfEach, printTable } from './output.ts';
import { barColumns } from './table/bar-columns.ts';
import type { ColumnChoice } from './table/column.ts';

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

/** The bars of one symbol. */
export interface BarsOfSymbol {
  readonly symbol: string;
  readonly source: SourceName | typeof consumer;
  readonly interval: Interval;
  readonly adjust: Adjustment;
  readonly asOf: AsOf;
  readonly adjustedThrough: SessionDate | null;
  /** A consumer's say more. */
  readonly bars: readonly (AdjustedBar | ConsumerBar)[];
  /** What is left out and why. */
  readonly withheld: readonly string[];
  /** Sessions of which nothing was known at the instant. */
  readonly notKnown: NotKnown;
  readonly mark: string;
}

/** As JSON documents. */
export function printDocuments(all: readonly BarsOfSymbol[], market: Market): void {
  const documents = all.map(({ bars, withheld, notKnown, mark: _mark, ...series }) => {
    const ordered = bars.map((bar) => Object.fromEntries<unknown>(cellsOf(bar)));
    return {
      ...{ ...series, bars: ordered },
      ...(withheld.length > 0 ? { withheld } : {}),
      ...(notKnown.length > 0 ? { notKnown } : {}),
    };
  });
  printJsonOfEach('series', documents, market);
}

/** As tables, one a symbol. */
export function printTables(all: readonly BarsOfSymbol[], market: Market, choice: ColumnChoice): void {
  for (const series of all) {
    sayWhatLacks(series);
    const sheet = {
      title: `${titleOf(series)}; times of ${exchangeZone}`,
      market,
      follows: series !== all[0],
    };
    const best = series.bars.filter(isConsumers);
    if (series.source === consumer) printTable({ ...sheet, columns: consumerColumns(), rows: best }, choice);
    else printTable({ ...sheet, columns: barColumns(series.interval), rows: series.bars }, choice);
  }
}

/** As CSV. */
export function printRows(all: readonly BarsOfSymbol[], market: Market): void {
  for (const series of all) {
    sayWhatLacks(series);
    note(`${marketMark(market)}${titleOf(series)}`);
  }
  const head = all[0]?.source === consumer ? [...fields, ...consumerFields] : fields;
  const cells = (bar: AdjustedBar | ConsumerBar) =>
    cellsOf(bar).map(([, value]) => (typeof value === 'object' && value !== null ? value.join(' ') : value));
  printCsvOfEach(
    head,
    all.map(({ symbol, bars }) => ({ symbol, rows: bars.map(cells) })),
  );
}

function isConsumers(bar: AdjustedBar | ConsumerBar): bar is ConsumerBar {
  return 'corrected' in bar;
}

/** What is told of a bar, by name, in the order in which it is told. */
function cellsOf(bar: AdjustedBar | ConsumerBar) {
  const own = fields.map((field) => [field, bar[field]] as const);
  return isConsumers(bar) ? [...own, ...consumerFields.map((field) => [field, bar[field]] as const)] : own;
}

function sayWhatLacks({ withheld, notKnown, mark }: BarsOfSymbol): void {
  for (const reason of withheld) note(reason);
  // Of now it is what a run has yet to bring.
  if (mark !== '') sayNotKnown(notKnown);
}

function titleOf({ symbol, source, interval, adjust, bars, mark }: BarsOfSymbol): string {
  return `${symbol}, ${source}, ${interval}, ${adjust}${mark}: ${bars.length} bars`;
}
