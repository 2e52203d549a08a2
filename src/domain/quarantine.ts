import { isPrice, isVolume } from './possible-bar.ts';
import type { RejectedRecord } from './rejected-record.ts';

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
