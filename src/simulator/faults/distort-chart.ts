import { exchangeDate, exchangeInstant } from '../../domain/exchange-time.ts';
import type { FaultHit } from './fault-rules.ts';
import type { Fault, FaultOf } from './fault-script.ts';
import { at, isFields, type Fields } from './json-fields.ts';

/** A chart's columns as they are being distorted, and which of its rows are meant. */
interface DistortedChart {
  readonly meta: Fields;
  /** Those that have one cell a row, timestamps among them. */
  readonly columns: Readonly<Record<string, unknown[]>>;
  readonly timestamps: readonly number[];
  /** Indices of the rows of the rule's session; of the last row where it names none. */
  readonly meant: readonly number[];
}

const prices = ['open', 'high', 'low', 'close', 'adjclose'];
const closeMinute = 16 * 60;

/** What each fault does to a chart, in place. */
const distortions: {
  readonly [Kind in Fault['kind']]?: (chart: DistortedChart, fault: FaultOf<Kind>) => void;
} = {
  nullRow: ({ columns, meant }) =>
    eachCell(columns, meant.slice(0, 1), (name, value) => (name === 'timestamp' ? value : null)),

  partlyNullRow: ({ columns, meant }, { field }) =>
    eachCell(columns, meant.slice(0, 1), (name, value) => (name === field ? null : value)),

  zeroVolumeRow({ columns, timestamps, meant }) {
    const at = meant.at(-1) ?? -1;
    const session = exchangeDate((timestamps[at] ?? 0) * 1000);
    const close = columns['close']?.[at];
    for (const [name, cells] of Object.entries(columns)) {
      const closesAt = exchangeInstant(session, closeMinute) / 1000;
      cells.splice(at + 1, 0, name === 'timestamp' ? closesAt : name === 'volume' ? 0 : close);
    }
  },

  missingLastHour({ columns, meant }) {
    for (const cells of Object.values(columns)) cells.splice(meant.at(-1) ?? cells.length, 1);
  },

  duplicateRows({ columns, meant }) {
    for (const cells of Object.values(columns)) cells.splice(meant[0] ?? 0, 0, cells[meant[0] ?? 0]);
  },

  wrongMeta({ meta }, { field, value }) {
    meta[field] = value;
  },

  wrongTicker({ meta }, { ticker }) {
    meta['symbol'] = ticker;
  },

  malformed({ columns, timestamps, meant }, { field = 'close', value, count }) {
    const first = Math.max(0, Math.min(meant[0] ?? 0, timestamps.length - count));
    const rows = count === 1 ? meant.slice(0, 1) : [...timestamps.keys()].slice(first, first + count);
    eachCell(columns, rows, (name, cell) => (name === field ? value : cell));
  },

  missingRows({ columns, timestamps }, { first, last, sessions }) {
    const isKept = timestamps.map(
      (at, row) =>
        row >= first && row < timestamps.length - last && !sessions.includes(exchangeDate(at * 1000)),
    );
    for (const cells of Object.values(columns))
      cells.splice(0, cells.length, ...cells.filter((_, row) => isKept[row]));
  },

  otherShares({ columns, timestamps }, { from = '', before, ratio }) {
    const meant = timestamps.flatMap((at, row) => {
      const session = exchangeDate(at * 1000);
      return session >= from && session < before ? [row] : [];
    });
    eachCell(columns, meant, (name, value) => {
      if (typeof value !== 'number') return value;
      if (prices.includes(name)) return Math.fround(value * ratio);
      return name === 'volume' ? Math.round(value / ratio) : value;
    });
  },

  changedBar({ columns, timestamps }, { session, factor }) {
    const changed = timestamps.flatMap((at, row) => (exchangeDate(at * 1000) === session ? [row] : []));
    eachCell(columns, changed, (name, value) =>
      prices.includes(name) && typeof value === 'number' ? Math.fround(value * factor) : value,
    );
  },
};

/** True when the fault changes charts. */
export function distortsCharts({ fault }: FaultHit): boolean {
  return fault.kind in distortions;
}

/** The text of a chart after the fault; unchanged where it has no rows for it. */
export function distortChart(text: string, { fault, match }: FaultHit): string {
  const distortion = distortions[fault.kind] as ((chart: DistortedChart, fault: Fault) => void) | undefined;
  const body: unknown = JSON.parse(text);
  const result = at(body, 'chart', 'result', 0);
  const meta = at(result, 'meta');
  if (distortion === undefined || !isFields(result) || !isFields(meta)) return text;
  const columns: Record<string, unknown[]> = {};
  for (const holder of [
    result,
    at(result, 'indicators', 'quote', 0),
    at(result, 'indicators', 'adjclose', 0),
  ]) {
    for (const [name, cells] of Object.entries(isFields(holder) ? holder : {})) {
      if (Array.isArray(cells)) columns[name] = cells;
    }
  }
  const timestamps = (columns['timestamp'] ?? []).map(Number);
  distortion({ meta, columns, timestamps, meant: meantRows(timestamps, match.session) }, fault);
  return JSON.stringify(body);
}

function meantRows(timestamps: readonly number[], session: string | undefined): readonly number[] {
  if (session === undefined) return timestamps.length === 0 ? [] : [timestamps.length - 1];
  return timestamps.flatMap((seconds, row) => (exchangeDate(seconds * 1000) === session ? [row] : []));
}

function eachCell(
  columns: DistortedChart['columns'],
  rows: readonly number[],
  change: (name: string, value: unknown) => unknown,
): void {
  for (const [name, cells] of Object.entries(columns)) {
    for (const row of rows) cells[row] = change(name, cells[row]);
  }
}
