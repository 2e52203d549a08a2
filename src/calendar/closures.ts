import type { SessionDate } from '../domain/session.ts';

/** Whole days on which the exchange stayed closed beside its holidays, since 1990. */
export const adHocClosures: ReadonlyMap<SessionDate, string> = new Map([
  ['1994-04-27', 'funeral of Richard Nixon'],
  ['2001-09-11', 'attacks of September 11'],
  ['2001-09-12', 'attacks of September 11'],
  ['2001-09-13', 'attacks of September 11'],
  ['2001-09-14', 'attacks of September 11'],
  ['2004-06-11', 'mourning for Ronald Reagan'],
  ['2007-01-02', 'mourning for Gerald Ford'],
  ['2012-10-29', 'Hurricane Sandy'],
  ['2012-10-30', 'Hurricane Sandy'],
  ['2018-12-05', 'mourning for George H. W. Bush'],
  ['2025-01-09', 'mourning for Jimmy Carter'],
]);
