import { isPrice, isVolume } from '../../domain/possible-bar.ts';
import type { ObservedBar } from '../../domain/rejected-record.ts';
import { isStorable } from '../../domain/storable-text.ts';
import type { WireMarketRow, WireRow } from './wire.ts';

/** The limit is the year 5138, beyond which there may be no date. */
const timesEnd = 1e20;

/** Whether a row can be placed in time: epoch milliseconds, or finer. */
export function isTime(t: unknown): t is number {
  return typeof t === 'number' && t > 0 && t < timesEnd;
}

/** An average of no shares is told as 0. */
function isAverage(vw: unknown, v: unknown): boolean {
  return vw == null || isPrice(vw) || (vw === 0 && v === 0);
}

function isCount(n: unknown): boolean {
  return n == null || (Number.isSafeInteger(n) && (n as number) >= 0);
}

/** The field of a row that is not what it has to be; empty where the row is none, null where all is well. */
export function faultOf(row: unknown): string | null {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return '';
  const { o, h, l, c, v, vw, n, t, otc } = row as Readonly<Record<keyof WireRow, unknown>>;
  if (!isPrice(o)) return 'o';
  if (!isPrice(h)) return 'h';
  if (!isPrice(l)) return 'l';
  if (!isPrice(c)) return 'c';
  if (!isVolume(v)) return 'v';
  if (!isAverage(vw, v)) return 'vw';
  if (!isCount(n)) return 'n';
  if (!isTime(t)) return 't';
  return otc == null || typeof otc === 'boolean' ? null : 'otc';
}

/** The same of a row of the whole market, which needs to say whose it is. */
export function marketFaultOf(row: unknown): string | null {
  const fault = faultOf(row);
  if (fault !== null) return fault;
  const { T } = row as Readonly<Record<keyof WireMarketRow, unknown>>;
  return typeof T === 'string' && T !== '' && isStorable(T) ? null : 'T';
}

/** What a row tells of a bar; undefined where it is no row. */
export function observedIn(row: unknown): ObservedBar | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined;
  const { o, h, l, c, v, vw, n } = row as Readonly<Partial<Record<keyof WireRow, unknown>>>;
  return { open: o, high: h, low: l, close: c, volume: v, vwap: vw, trades: n };
}
