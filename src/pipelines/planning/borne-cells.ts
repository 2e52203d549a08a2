import type { SessionDate } from '../../domain/session.ts';
import type { TickerDays } from '../../domain/ticker-days.ts';
import type { MissingSeries } from '../../planning/planning-input.ts';

type Cells = Required<Pick<MissingSeries, 'missing' | 'borders'>>;

/**
 * Tells which of some sessions, oldest first, lie on days on which an instrument bore a ticker and are not known yet, and
 * where among them the next ticker begins. `isKnown` goes by the index of a session; null: none is.
 */
export function cellsOf(
  sessions: readonly SessionDate[],
): (borne: readonly TickerDays[], isKnown: ((index: number) => boolean) | null) => Cells {
  // Most have borne one ticker all the time: they share one list.
  const all: Cells = { missing: [...sessions.keys()], borders: [] };
  return (borne, isKnown) => {
    const missing: number[] = [];
    const borders: number[] = [];
    const [only, other] = borne;
    if (isKnown === null && other === undefined && only?.from === null && only.to === null) return all;
    for (const { from, to } of borne) {
      const before = missing.length;
      const end = to === null ? sessions.length : firstAfter(sessions, to);
      for (let index = from === null ? 0 : firstAtOrAfter(sessions, from); index < end; index += 1)
        if (isKnown?.(index) !== true) missing.push(index);
      if (before > 0 && missing.length > before) borders.push(before);
    }
    return { missing, borders };
  };
}

function firstAtOrAfter(sessions: readonly SessionDate[], date: SessionDate): number {
  return firstWhere(sessions, (session) => session >= date);
}

function firstAfter(sessions: readonly SessionDate[], date: SessionDate): number {
  return firstWhere(sessions, (session) => session > date);
}

function firstWhere(sessions: readonly SessionDate[], holds: (session: SessionDate) => boolean): number {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sessions[middle] ?? '')) high = middle;
    else low = middle + 1;
  }
  return low;
}
