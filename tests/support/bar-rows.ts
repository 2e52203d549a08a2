import { BarBuilder } from '../../src/domain/bar-builder.ts';
import type { BarColumns } from '../../src/domain/bar-columns.ts';
import type { DailyBar } from '../../src/domain/bar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import type { IncomingBars } from '../../src/store/bars/incoming-bars.ts';

type Row = DailyBar & { readonly opensAt?: string };

/** Bars as objects, put into columns. */
export function columnsOf(rows: readonly Row[]): BarColumns {
  return builderOf(rows).bars();
}

/** The same, open for more. */
export function builderOf(rows: readonly Row[]): BarBuilder {
  const bars = new BarBuilder({ intraday: rows.some(({ opensAt }) => opensAt !== undefined) });
  for (const { session, opensAt, vwap, trades, ...values } of rows) {
    const at = bars.add();
    bars.day[at] = dayNumber(session);
    if (bars.opensAtMs !== null) bars.opensAtMs[at] = Date.parse(opensAt ?? '');
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) bars[name][at] = values[name];
    bars.vwap[at] = vwap ?? NaN;
    bars.trades[at] = trades ?? NaN;
  }
  return bars;
}

/** A bar as a test writes it: each may be of another answer. */
export interface IncomingBar extends Row {
  readonly instrumentId: number;
  readonly settled: boolean;
  readonly endpoint: IncomingBars['endpoint'];
  /** ISO 8601. */
  readonly observedAt: string;
  /** Null or absent: as traded. */
  readonly splitBasis?: string | null;
}

/** Bars on their way in, each an answer of its own. */
export function incomingBars(rows: readonly IncomingBar[]): readonly IncomingBars[] {
  return rows.map(({ instrumentId, settled, endpoint, observedAt, splitBasis = null, ...bar }) => ({
    bars: columnsOf([bar]),
    instrumentIds: Int32Array.of(instrumentId),
    settledThrough: dayNumber(bar.session) - (settled ? 0 : 1),
    splitBasis: splitBasis === null ? null : Int32Array.of(dayNumber(splitBasis)),
    endpoint,
    observedAt,
  }));
}
