import { countDays, maskBetween, maskOf, monthOf, type DayMask } from '../domain/day-masks.ts';
import type { SessionDate } from '../domain/session.ts';
import type { CoverageMap, MapMonth } from '../pipelines/gaps/coverage-map.ts';
import type { StoredInstrument } from '../store/instruments.ts';

/** How many cells are so. What is neither is not expected. */
export interface CellSums {
  readonly settled: number;
  readonly provisional: number;
  readonly absent: number;
  readonly due: number;
}

/** The cells of one instrument. */
export interface InstrumentSums extends CellSums {
  readonly instrument: StoredInstrument;
  /** Its place in the map. */
  readonly at: number;
}

const kinds = ['settled', 'provisional', 'absent', 'due'] as const;

interface CoverageSums {
  readonly all: CellSums;
  readonly each: readonly InstrumentSums[];
}

/** A map never changes: what was counted of it stays. */
const counted = new WeakMap<CoverageMap, CoverageSums>();

/** All cells together, and those of each instrument, in the order of the map. */
export function coverageSums(map: CoverageMap): CoverageSums {
  const known = counted.get(map) ?? countCells(map);
  counted.set(map, known);
  return known;
}

function countCells(map: CoverageMap): CoverageSums {
  const all = { settled: 0, provisional: 0, absent: 0, due: 0 };
  const each = map.instruments.map((instrument, at): InstrumentSums => {
    const own = { instrument, at, settled: 0, provisional: 0, absent: 0, due: 0 };
    for (const month of map.months) for (const kind of kinds) own[kind] += countDays(month[kind][at] ?? 0);
    for (const kind of kinds) all[kind] += own[kind];
    return own;
  });
  return { all, each };
}

/** What of the cells of one session is so. */
export function sessionSums(map: CoverageMap, session: SessionDate): CellSums {
  const sums = { settled: 0, provisional: 0, absent: 0, due: 0 };
  const month = map.months.find((one) => one.month === monthOf(session));
  if (month === undefined) return sums;
  const day = maskOf(session) & month.sessions;
  for (const kind of kinds) for (const mask of month[kind]) if ((mask & day) !== 0) sums[kind] += 1;
  return sums;
}

/** How many cells ought to be accounted for. */
export function expectedCells({ settled, provisional, absent, due }: CellSums): number {
  return settled + provisional + absent + due;
}

/** The instruments of which a cell of a session is due, by their places in the map. */
export function dueOn({ months }: CoverageMap, session: SessionDate): readonly number[] {
  const month = months.find((one) => one.month === monthOf(session));
  const day = maskOf(session);
  return month === undefined ? [] : [...month.due.keys()].filter((at) => ((month.due[at] ?? 0) & day) !== 0);
}

/** The part of a map between two sessions, both included. */
export function mapBetween(map: CoverageMap, from: SessionDate, to: SessionDate): CoverageMap {
  const within = (session: SessionDate) => session >= from && session <= to;
  const cut = (masks: Uint32Array, days: DayMask) => masks.map((mask) => mask & days);
  const months = map.months.flatMap((month): MapMonth[] => {
    const days = maskBetween(month.month, from, to) & month.sessions;
    if (days === 0) return [];
    const { settled, provisional, absent, due } = month;
    return [
      {
        ...{ month: month.month, sessions: days >>> 0, settled: cut(settled, days) },
        ...{ provisional: cut(provisional, days), absent: cut(absent, days), due: cut(due, days) },
      },
    ];
  });
  return { ...map, sessions: map.sessions.filter(within), months };
}
