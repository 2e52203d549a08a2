import { isPrice, isVolume } from './possible-bar.ts';
import type { ObservedBar, RejectedRecord } from './rejected-record.ts';

/** Why a record is in quarantine: of several causes the first. */
export type QuarantineCause =
  | 'no_record'
  | 'no_time'
  | 'no_session'
  | 'no_price'
  | 'no_volume'
  | 'malformed'
  | 'no_action'
  | 'no_ticker'
  | 'doubted';

/** Why a record of bars is none. */
export function refusalCause({ bar, session, isOffSession }: RejectedRecord): QuarantineCause {
  if (bar === undefined) return 'no_record';
  if (session === null) return 'no_time';
  if (isOffSession === true) return 'no_session';
  const { open, high, low, close, volume } = bar;
  if (![open, high, low, close].every(isPrice)) return 'no_price';
  return isVolume(volume) ? 'malformed' : 'no_volume';
}

/** The numbers of a bar as it can be stored; not a number where it has none. */
export type StorableBar = Readonly<Record<keyof ObservedBar, number>>;

/**
 * What was observed as a bar, or why it cannot be stored at all: a number is needed for each price and the volume, none
 * below zero, and trades are counted. That it is likely is not asked.
 */
export function storableBar(bar: ObservedBar): StorableBar | string {
  const { open, high, low, close, volume, vwap = null, trades = null } = bar;
  const told = { open, high, low, close, volume };
  const wrong = Object.entries(told).find(([, value]) => !isAmount(value));
  if (wrong !== undefined) return `its ${wrong[0]} is ${said(wrong[1])}`;
  if (vwap !== null && !isAmount(vwap)) return `its average is ${said(vwap)}`;
  if (trades !== null && !(isAmount(trades) && Number.isSafeInteger(trades)))
    return `its number of trades is ${said(trades)}`;
  const numbers = { ...told, vwap: vwap ?? NaN, trades: trades ?? NaN };
  return numbers as StorableBar;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

function said(value: unknown): string {
  if (value === null || value === undefined) return 'not told';
  return typeof value === 'number' ? String(value) : 'no number';
}
