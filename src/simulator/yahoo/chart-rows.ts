import type { ChartQuery } from './chart-query.ts';
import type { HourBar } from './hours-of-day.ts';
import type { ObservedDay, ObservedDays } from './observed-days.ts';

/** A chart's columns as text, ready to be joined; only faults make rows with nulls. */
export interface ChartRows {
  readonly timestamps: readonly string[];
  readonly columns: Readonly<Record<'open' | 'high' | 'low' | 'close' | 'volume', readonly string[]>>;
}

type Priced = Pick<HourBar, 'open' | 'high' | 'low' | 'close' | 'volume'>;

/** Yahoo keeps single precision and writes it as the double it is. */
export function singlePrecision(price: number): string {
  return String(Math.fround(price));
}

function createColumns() {
  const timestamps: string[] = [];
  const open: string[] = [];
  const high: string[] = [];
  const low: string[] = [];
  const close: string[] = [];
  const volume: string[] = [];
  // Writing doubles is what a chart costs, and an hour opens where the one before closed.
  let before = { price: NaN, text: '' };
  return {
    rows: { timestamps, columns: { open, high, low, close, volume } },
    add(atMs: number, bar: Priced, ratio: number): void {
      const opened = bar.open / ratio;
      const closed = bar.close / ratio;
      timestamps.push(String(Math.floor(atMs / 1000)));
      open.push(opened === before.price ? before.text : singlePrecision(opened));
      high.push(singlePrecision(bar.high / ratio));
      low.push(singlePrecision(bar.low / ratio));
      before = { price: closed, text: singlePrecision(closed) };
      close.push(before.text);
      volume.push(String(bar.volume));
    },
  };
}

/** One row a day, at its open; today's is at the time of the last trade. */
export function dailyRows(
  days: readonly ObservedDay[],
  live: { readonly session: string; readonly tradedAtMs: number },
): ChartRows {
  const columns = createColumns();
  for (const { session, opensAtMs, bar, ratio } of days) {
    columns.add(session === live.session ? live.tradedAtMs : opensAtMs, bar, ratio);
  }
  return columns.rows;
}

/** One row an hour, at its beginning. */
export function hourlyRows(
  days: readonly ObservedDay[],
  observed: ObservedDays,
  { fromMs, toMs, includePrePost }: ChartQuery,
  nowMs: number,
): ChartRows {
  const columns = createColumns();
  const addWithin = (hour: Priced & { readonly opensAtMs: number }, ratio: number) => {
    if (hour.opensAtMs >= fromMs && hour.opensAtMs < toMs && hour.opensAtMs <= nowMs) {
      columns.add(hour.opensAtMs, hour, ratio);
    }
  };
  for (const day of days) {
    if (includePrePost) for (const hour of hoursBefore(day)) addWithin(hour, day.ratio);
    for (const hour of observed.hoursOf(day)) addWithin(hour, day.ratio);
    if (includePrePost) for (const hour of hoursAfter(day)) addWithin(hour, day.ratio);
  }
  return columns.rows;
}

const hourMs = 3_600_000;

/** From 04:00, as Yahoo gives them: without volume. */
function hoursBefore({ opensAtMs, bar: { open } }: ObservedDay) {
  return stillHours(opensAtMs - 5.5 * hourMs, 6, open);
}

/** Up to 20:00. */
function hoursAfter({ closesAtMs, bar: { close } }: ObservedDay) {
  return stillHours(closesAtMs, 4, close);
}

function stillHours(fromMs: number, count: number, price: number) {
  return Array.from({ length: count }, (_, index) => ({
    opensAtMs: fromMs + index * hourMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0,
  }));
}
