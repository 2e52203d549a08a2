import { BarBuilder } from '../../domain/bar-builder.ts';
import { dateOfDayNumber } from '../../domain/date-range.ts';
import { exchangeDay } from '../../domain/exchange-time.ts';
import { isPrice, isVolume } from '../../domain/possible-bar.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { wrongIn, type RejectedRecord } from '../../domain/rejected-record.ts';
import { KeyedBars } from '../keyed-bars.ts';
import type { LeftOut } from './answers.ts';
import type { Grid } from './grid.ts';
import { restoreFloat32 } from './restore-float32.ts';
import { isInstant, type WireChart } from './wire.ts';

/** Twice the sessions that there ever were, and ten times the hours that are kept. */
const mostRejected = 50_000;

interface RowSpace {
  readonly symbol: string;
  readonly intraday: boolean;
  readonly grid: Grid;
}

/** The rows of a chart, sorted. */
interface SortedRows {
  readonly keyed: KeyedBars<number>;
  /** Rows in all. */
  readonly count: number;
  readonly outside: number;
  readonly leftOut: Pick<LeftOut, 'nullRows' | 'partlyNull' | 'offSession'>;
  readonly rejected: readonly RejectedRecord[];
  /**
   * Rejected ones that speak against the whole answer: with values that are no numbers. Gaps, zeros and nonsense are what
   * Yahoo has of stocks that are halted, for weeks and however often it is asked.
   */
  readonly malformed: number;
}

/** Sorts each row for itself: bars by their keys, and what is none by why not. Throws `MalformedResponse`. */
export function sortRows(chart: WireChart, { symbol, intraday, grid }: RowSpace): SortedRows {
  const instants = chart.timestamp ?? [];
  const bars = new BarBuilder({ intraday, expected: instants.length });
  const keyed = new KeyedBars<number>(bars);
  const counts = { nullRows: 0, partlyNull: 0, offSession: 0, outside: 0 };
  const rejected: RejectedRecord[] = [];
  let malformed = 0;
  const values = valuesOf(chart);
  const reject = (index: number, field: string, place?: RejectedPlace) => {
    if (rejected.length >= mostRejected)
      throw new MalformedResponse(`more than ${mostRejected} rows are none`);
    rejected.push({ symbol, session: null, field, ...values.evidenceAt(index, field), ...place });
  };
  for (let index = 0; index < instants.length; index += 1) {
    const seconds = instants[index];
    if (!isInstant(seconds)) {
      reject(index, 'timestamp');
      malformed += 1;
      continue;
    }
    const place = values.isEmpty(index) ? 'nullRows' : grid(seconds * 1000);
    if (place === 'offSession' && !intraday) {
      const off = { isOffSession: true, wrong: 'there was no session that day' } as const;
      reject(index, '', { ...placeOf(exchangeDay(seconds * 1000), null), ...off });
      continue;
    }
    if (typeof place === 'string') {
      counts[place] += 1;
      continue;
    }
    const wrong = values.wrongAt(index);
    if (wrong !== null) {
      reject(index, wrong, placeOf(place, intraday ? seconds : null));
      if (values.isNull(index, wrong)) counts.partlyNull += 1;
      else malformed += 1;
      continue;
    }
    const row = bars.add();
    bars.day[row] = place;
    if (bars.opensAtMs !== null) bars.opensAtMs[row] = seconds * 1000;
    values.copy(index, bars, row);
    const impossible = impossibleAt(bars, row);
    if (impossible === null)
      keyed.takeLast(intraday ? seconds : place, seconds === chart.meta.regularMarketTime);
    else {
      bars.dropLast();
      reject(index, impossible, placeOf(place, intraday ? seconds : null));
    }
  }
  const { outside, ...leftOut } = counts;
  return { keyed, count: instants.length, outside, leftOut, rejected, malformed };
}

type RejectedPlace = Pick<RejectedRecord, 'session'> & Partial<RejectedRecord>;

function placeOf(day: number, seconds: number | null): RejectedPlace {
  const session = dateOfDayNumber(day);
  return seconds === null ? { session } : { session, opensAt: new Date(seconds * 1000).toISOString() };
}

const names = ['open', 'high', 'low', 'close', 'volume'] as const;
type Name = (typeof names)[number];

function valuesOf({ timestamp, indicators }: WireChart) {
  const instants = timestamp ?? [];
  const quote = indicators.quote[0];
  const columns = names.map((name) => quote[name] ?? []);
  if (columns.some(({ length }) => length !== instants.length))
    throw new MalformedResponse('the answer has not as many values as moments');
  const [opens = [], highs = [], lows = [], closes = [], volumes = []] = columns;
  const number = (column: readonly unknown[], index: number) => column[index] as number;
  return {
    /** Whether no value of a row is there. */
    isEmpty: (index: number) => columns.every((column) => column[index] === null),
    /** The first value of a row that is no number; null where all are. */
    wrongAt(index: number): Name | null {
      for (let at = 0; at < columns.length; at += 1)
        if (!Number.isFinite(columns[at]?.[index])) return names[at] ?? null;
      return null;
    },
    isNull: (index: number, name: Name) => (quote[name] ?? [])[index] === null,
    copy(index: number, bars: BarBuilder, row: number): void {
      bars.open[row] = restoreFloat32(number(opens, index));
      bars.high[row] = restoreFloat32(number(highs, index));
      bars.low[row] = restoreFloat32(number(lows, index));
      bars.close[row] = restoreFloat32(number(closes, index));
      bars.volume[row] = number(volumes, index);
      bars.vwap[row] = NaN;
      bars.trades[row] = NaN;
    },
    /** A row as it came, and what is wrong with a field of it. */
    evidenceAt(index: number, field: string): Pick<RejectedRecord, 'wrong' | 'record' | 'bar'> {
      const told = names.map((name, at) => [name, columns[at]?.[index]] as const);
      const record: object = { timestamp: instants[index], ...Object.fromEntries(told) };
      const [open, high, low, close] = told.map(([, value]) => asStored(value));
      const bar = { open, high, low, close, volume: told[4]?.[1] };
      return { record, wrong: wrongIn(record, field), bar };
    },
  };
}

/** A price as the bar of its row would have it. */
function asStored(price: unknown): unknown {
  return typeof price === 'number' ? restoreFloat32(price) : price;
}

/** The value of a bar that cannot be; null where all can. */
function impossibleAt({ open, high, low, close, volume }: BarBuilder, row: number): Name | null {
  if (!isPrice(open[row])) return 'open';
  if (!isPrice(high[row])) return 'high';
  if (!isPrice(low[row])) return 'low';
  if (!isPrice(close[row])) return 'close';
  return isVolume(volume[row]) ? null : 'volume';
}
