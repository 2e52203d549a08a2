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
import { withoutExtras } from '../../domain/extra-freshness.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { Arena } from '../../indicators/arena.ts';
import type { ComputeExtras, Refusal } from '../../indicators/extra/compute-extras.ts';
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

interface BatchToCompute {
  readonly work: BatchWork;
  readonly computeExtras: ComputeExtras | null;
  /** Called before each instrument. */
  readonly onInstrument?: () => void;
}

/** Computes what is due of a batch from its bars (`copyBars`, each series through its end), without touching the store. */
export function computeBatch(
  arena: Arena,
  parts: readonly Uint8Array[],
  { work, computeExtras, onInstrument = () => undefined }: BatchToCompute,
): ComputedBatch {
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
      refusals: [],
    };
    onInstrument();
    if (bars === undefined) return nothing;
    try {
      const through = dayNumber(seriesEnd(instrument.state, work.wish));
      const job = { arena, instrument, bars, calendar, through, wish: work.wish, writer, computeExtras };
      arena.restart();
      return computeInstrument(job);
    } catch (error) {
      // One series that cannot be computed must not stop the others.
      return { ...nothing, error: error instanceof Error ? error.message : String(error) };
    }
  });
  return { ...writer.end(), results, extraField: work.extraField };
}

interface InstrumentJob {
  readonly arena: Arena;
  readonly instrument: InstrumentWork;
  readonly bars: StoredSeries;
  readonly calendar: SessionDays;
  readonly through: number;
  readonly wish: IndicatorWish;
  readonly writer: ReturnType<typeof rowWriter>;
  /** Null: no extras are wished. */
  readonly computeExtras: ComputeExtras | null;
}

function computeInstrument(job: InstrumentJob): InstrumentResult {
  const { instrument, wish } = job;
  const { instrumentId, state } = instrument;
  const assembled = assembleSeries(instrument, job);
  const due = dueRanges(instrument, assembled, wish);
  const { added, refusals } = writeRows(job, assembled, due);
  const computed =
    state === null ? wish.window : joinedRanges(state.computed, wish.window, assembled.sessions);
  const stored = state === null ? [] : due.filter(({ from }) => from <= state.computed.to);
  return {
    instrumentId,
    added,
    due: stored,
    error: null,
    refusals,
    state: {
      digest: assembled.digest,
      parametersVersion: wish.parametersVersion,
      computed,
      extra: extrasAfter(state, wish.extraVersion, { computed, due: stored }),
      signs: assembled.signs,
      splits: splitsText(instrument.splits),
      missing: assembled.missing,
      firstMissing: assembled.firstMissing,
    },
  };
}

function extrasAfter(
  state: IndicatorState | null,
  version: string | null,
  { computed, due }: { readonly computed: DateRange; readonly due: readonly DateRange[] },
): IndicatorState['extra'] {
  if (version !== null) return { version, through: computed.to };
  const first = due.reduce<SessionDate | null>(
    (earliest, { from }) => (earliest === null || from < earliest ? from : earliest),
    null,
  );
  return withoutExtras(state?.extra ?? null, first);
}

/** The dates whose rows are due; disjoint, and none of them before a row that is right as it is stored. */
function dueRanges(
  { state, splits }: InstrumentWork,
  series: AssembledSeries,
  wish: IndicatorWish,
): readonly DateRange[] {
  if (state === null) return [{ from: always, to: never }];
  const { window, again } = wish;
  const stale = staleFrom(state, wish, { splits, series });
  const since = window.from < state.computed.from && window.from < stale ? window.from : stale;
  const suffix = since === never ? [] : [{ from: since, to: state.computed.to }];
  if (!again || window.from >= since) return suffix;
  const to = window.to < since ? window.to : since;
  return [{ from: window.from, to }, ...suffix];
}

/** Writes the rows that are due and wanted, or due and perhaps stored; counts those that are new for certain. */
function writeRows(
  { arena, instrument, writer, wish, computeExtras }: InstrumentJob,
  { series, days }: AssembledSeries,
  due: readonly DateRange[],
): { readonly added: number; readonly refusals: readonly Refusal[] } {
  const { instrumentId, state, splits } = instrument;
  const [window, dueDays] = [daysOf(wish.window), due.map(daysOf)];
  const through = state === null ? -Infinity : dayNumber(state.computed.to);
  const isDue = (day: number) =>
    day > through ? isWithin(day, window) : dueDays.some((range) => isWithin(day, range));
  const first = days.findIndex(isDue);
  if (first === -1) return { added: 0, refusals: [] };
  const { from, table } = computeTable(arena, series, first);
  const basis = lastSplit(splits);
  const basisDay = basis === null ? null : dayNumber(basis);
  const extras = computeExtras?.(arena, series) ?? null;
  const rows = { instrumentId, table, days: days.subarray(from), basisDay, extras, extrasFrom: from };
  const write = writer.of(rows);
  let added = 0;
  for (let row = first; row < days.length; row += 1) {
    const day = days[row] ?? NaN;
    if (!isDue(day)) continue;
    if (day > through) {
      write.add(row - from);
      added += 1;
    } else write.stage(row - from, isWithin(day, window));
  }
  return { added, refusals: extras?.refusals ?? [] };
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
