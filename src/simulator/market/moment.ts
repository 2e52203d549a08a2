import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';

/** The market's clock, with the dates that follow from it. */
export interface Moment {
  readonly nowMs: number;
  readonly today: SessionDate;
  /** Actions up to then are announced. */
  readonly announcedThrough: SessionDate;
}

const announcedDays = 30;

export function momentOf(nowMs: number): Moment {
  const today = exchangeDate(nowMs);
  return { nowMs, today, announcedThrough: addDays(today, announcedDays) };
}
