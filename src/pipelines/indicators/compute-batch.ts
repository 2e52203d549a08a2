import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import {
  always,
  lastSplit,
  never,
  splitsText,
  staleFrom,
  type IndicatorState,
  type IndicatorWish,
} from '../../domain/indicator-freshness.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { Arena } from '../../indicators/arena.ts';
import { decodeBars, type StoredSeries } from '../../store/bar-series.ts';
import { assembleSeries, type AssembledSeries } from './assemble-series.ts';
import type { BatchWork, ComputedBatch, InstrumentResult, InstrumentWork } from './batch-work.ts';
import { computeTable } from './compute-table.ts';
import type { SessionDays } from '../../domain/session-days.ts';
import { sessionDaysThrough } from './expected-days.ts';
import { rowWriter } from './row-writer.ts';

/** The last date that a series of a wish goes to: no stored row is later. */
export function seriesEnd(state: IndicatorState | null, { window }: IndicatorWish): SessionDate {
  return state !== null && state.computed.to > window.to ? state.computed.to : window.to;
}

/** Computes what is due of a batch from its bars (`copyBars`, each series through its end), without touching the store. */
export function computeBatch(arena: Arena, parts: readonly Uint8Array[], work: BatchWork): ComputedBatch {
  const barsOf = new Map(parts.flatMap((bytes) => [...decodeBars(bytes)]));
  const ends = work.instruments.map(({ state }) => seriesEnd(state, work.wish));
  const calendar = sessionDaysThrough(
    ends.reduce((last, end) => (end > last ? end : last), work.wish.window.to),
  );
  const writer = rowWriter(work);
  const results = work.instruments.map((instrument): InstrumentResult => {
    const bars = barsOf.get(instrument.instrumentId);
    const nothing = {
      instrumentId: instrument.instrumentId,
      state: null,
      added: 0,
      due: [],
      error: null,
    };
    if (bars === undefined) return nothing;
    try {
      const through = dayNumber(seriesEnd(instrument.state, work.wish));
      const job = { arena, instrument, bars, calendar, through, wish: work.wish, writer };
      arena.restart();
      return computeInstrument(job);
    } catch (error) {
      // One series that cannot be computed must not stop the others.
      return { ...nothing, error: error instanceof Error ? error.message : String(error) };
    }
  });
  return { ...writer.end(), results };
}

interface InstrumentJob {
  readonly arena: Arena;
  readonly instrument: InstrumentWork;
  readonly bars: StoredSeries;
  readonly calendar: SessionDays;
  readonly through: number;
  readonly wish: IndicatorWish;
  readonly writer: ReturnType<typeof rowWriter>;
}

function computeInstrument(job: InstrumentJob): InstrumentResult {
  const { instrument, wish } = job;
  const { instrumentId, state } = instrument;
  const assembled = assembleSeries(instrument, job);
  const due = dueRanges(instrument, assembled, wish);
  const added = writeRows(job, assembled, due);
  return {
    instrumentId,
    added,
    due: state === null ? [] : due.filter(({ from }) => from <= state.computed.to),
    error: null,
    state: {
      digest: assembled.digest,
      parametersVersion: wish.parametersVersion,
      computed: state === null ? wish.window : joinedRanges(state.computed, wish.window, assembled.sessions),
      signs: assembled.signs,
      splits: splitsText(instrument.splits),
      missing: assembled.missing,
      firstMissing: assembled.firstMissing,
    },
  };
}

/** The dates whose rows are due; disjoint, and none of them before a row that is right as it is stored. */
function dueRanges(
  { state, splits }: InstrumentWork,
  series: AssembledSeries,
  wish: IndicatorWish,
): readonly DateRange[] {
  if (state === null) return [{ from: always, to: never }];
  const { window, again, parametersVersion } = wish;
  const stale = staleFrom(state, parametersVersion, { splits, series });
  const since = window.from < state.computed.from && window.from < stale ? window.from : stale;
  const suffix = since === never ? [] : [{ from: since, to: state.computed.to }];
  if (!again || window.from >= since) return suffix;
  const to = window.to < since ? window.to : since;
  return [{ from: window.from, to }, ...suffix];
}

/** Writes the rows that are due and wanted, or due and perhaps stored; returns how many are new for certain. */
function writeRows(
  { arena, instrument, writer, wish }: InstrumentJob,
  { series, days }: AssembledSeries,
  due: readonly DateRange[],
): number {
  const { instrumentId, state, splits } = instrument;
  const [window, dueDays] = [daysOf(wish.window), due.map(daysOf)];
  const through = state === null ? -Infinity : dayNumber(state.computed.to);
  const isDue = (day: number) =>
    day > through ? isWithin(day, window) : dueDays.some((range) => isWithin(day, range));
  const first = days.findIndex(isDue);
  if (first === -1) return 0;
  const { from, table } = computeTable(arena, series, first);
  const basis = lastSplit(splits);
  const basisDay = basis === null ? null : dayNumber(basis);
  const write = writer.of({ instrumentId, table, days: days.subarray(from), basisDay });
  let added = 0;
  for (let row = first; row < days.length; row += 1) {
    const day = days[row] ?? NaN;
    if (!isDue(day)) continue;
    if (day > through) {
      write.add(row - from);
      added += 1;
    } else write.stage(row - from, isWithin(day, window));
  }
  return added;
}

/** Both ends included, as days since 1970-01-01. */
type DayRange = readonly [number, number];

function daysOf({ from, to }: DateRange): DayRange {
  return [dayNumber(from), dayNumber(to)];
}

function isWithin(day: number, [first, last]: DayRange): boolean {
  return day >= first && day <= last;
}

/** The dates that have all their rows after a run: what was there joined with its window, or the later of both. */
function joinedRanges(known: DateRange, window: DateRange, sessions: readonly SessionDate[]): DateRange {
  const [earlier, later] = known.from <= window.from ? [known, window] : [window, known];
  const apart = later.from > earlier.to;
  if (apart && sessions.some((session) => session > earlier.to && session < later.from)) return later;
  return { from: earlier.from, to: earlier.to > later.to ? earlier.to : later.to };
}
