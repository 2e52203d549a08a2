import { parse } from 'csv-parse/sync';
import type { DailyBar } from '../../domain/bar.ts';
import { isCalendarDate } from '../../domain/date-range.ts';

/** A row of a bars file that cannot be served; the message names file and line. */
export class BadBarsFile extends Error {
  override readonly name = 'BadBarsFile';
  readonly remedy = 'correct the file, or take it out of the folder';
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, reason: string) {
    super(`${file}, line ${line}: ${reason}`);
    this.file = file;
    this.line = line;
  }
}

const required = ['date', 'open', 'high', 'low', 'close', 'volume'] as const;
type Column = (typeof required)[number] | 'vwap' | 'trades';

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** The bars of a CSV text, oldest first; null when its header is not that of daily bars. Throws `BadBarsFile`. */
export function parseBars(file: string, text: string): readonly DailyBar[] | null {
  const [header, ...rows] = readRows(file, text);
  if (header === undefined) return null;
  const names = header.record.map((name) => name.toLowerCase());
  if (!required.every((name) => names.includes(name))) return null;
  const bars = rows.map((row) => barOf(file, names, row));
  const lines = new Map<string, number>();
  bars.forEach(({ session }, index) => {
    const line = rows[index]?.info.lines ?? 0;
    const earlier = lines.get(session);
    if (earlier !== undefined) throw new BadBarsFile(file, line, `${session} is on line ${earlier} already`);
    lines.set(session, line);
  });
  return bars.sort((a, b) => (a.session < b.session ? -1 : 1));
}

function readRows(file: string, text: string): readonly CsvRow[] {
  try {
    const options = { bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true };
    return parse(text, options) as unknown as readonly CsvRow[];
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1;
    throw new BadBarsFile(file, line, error instanceof Error ? error.message : String(error));
  }
}

function barOf(file: string, names: readonly string[], { record, info }: CsvRow): DailyBar {
  const fail = (reason: string): never => {
    throw new BadBarsFile(file, info.lines, reason);
  };
  if (record.length !== names.length) fail(`${record.length} fields where the header has ${names.length}`);
  const cell = (column: Column): string => record[names.indexOf(column)] ?? '';
  const number = (column: Column): number => {
    const value = Number(cell(column));
    return cell(column) !== '' && Number.isFinite(value)
      ? value
      : fail(`${column} is not a number: "${cell(column)}"`);
  };
  if (!isCalendarDate(cell('date'))) fail(`date is not YYYY-MM-DD: "${cell('date')}"`);
  return {
    session: cell('date'),
    open: number('open'),
    high: number('high'),
    low: number('low'),
    close: number('close'),
    volume: number('volume'),
    vwap: cell('vwap') === '' ? null : number('vwap'),
    trades: cell('trades') === '' ? null : number('trades'),
  };
}
