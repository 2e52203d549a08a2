import { dayNumber, type DateRange } from '../../src/domain/date-range.ts';
import {
  always,
  lastSplit,
  never,
  splitsText,
  staleFrom,
  type IndicatorState,
  type IndicatorWish,
} from '../../src/domain/indicator-freshness.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import { decodeBars, type BarColumns } from '../../src/store/bar-series.ts';
import { assembleSeries, type AssembledSeries } from './assemble-series.ts';
import { rowsByInstrument } from './bar-groups.ts';
import type { BatchWork, ComputedBatch, InstrumentResult, InstrumentWork } from './batch-work.ts';
import { computeTable } from './compute-table.ts';
import { sessionDaysThrough, type SessionDays } from './expected-days.ts';
import { rowWriter } from './row-writer.ts';

/** The last date that a series of a wish goes to: no stored row is later. */
export function seriesEnd(state: IndicatorState | null, { window }: IndicatorWish): SessionDate {
  return state !== null && state.computed.to > window.to ? state.computed.to : window.to;
}

/** Computes what is due of a batch from its bars (`copyBars`), without touching the store. */
export function computeBatch(bytes: Uint8Array, work: BatchWork): ComputedBatch {
  const bars = decodeBars(bytes);
  const groups = rowsByInstrument(bars);
  const ends = work.instruments.map(({ state }) => seriesEnd(state, work.wish));
  const calendar = sessionDaysThrough(
    ends.reduce((last, end) => (end > last ? end : last), work.wish.window.to),
  );
  const writer = rowWriter(work);
  const results = work.instruments.map((instrument): InstrumentResult => {
    const through = dayNumber(seriesEnd(instrument.state, work.wish));
    const rows = rowsThrough(groups.get(instrument.instrumentId), bars, through);
    const nothing = {
      instrumentId: instrument.instrumentId,
      state: null,
      added: 0,
      due: [],
      bars: 0,
      error: null,
    };
    if (rows.length === 0) return nothing;
    try {
      return computeInstrument({ instrument, bars, rows, calendar, through, wish: work.wish, writer });
    } catch (error) {
      // One series that cannot be computed must not stop the others.
      return { ...nothing, error: error instanceof Error ? error.message : String(error) };
    }
  });
  return { ...writer.end(), results };
}

function rowsThrough(rows: Int32Array | undefined, { day }: BarColumns, through: number): Int32Array {
  if (rows === undefined) return new Int32Array(0);
  const end = rows.findLastIndex((row) => (day[row] ?? Infinity) <= through);
  return rows.subarray(0, end + 1);
}

interface InstrumentJob {
  readonly instrument: InstrumentWork;
  readonly bars: BarColumns;
  readonly rows: Int32Array;
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
    bars: assembled.digest.bars,
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

const within = (session: SessionDate, { from, to }: DateRange) => session >= from && session <= to;

/** Writes the rows that are due and wanted, or due and perhaps stored; returns how many are new for certain. */
function writeRows(
  { instrument, writer, wish }: InstrumentJob,
  { series, sessions, days }: AssembledSeries,
  due: readonly DateRange[],
): number {
  const { instrumentId, state, splits } = instrument;
  const through = state?.computed.to ?? '';
  const wanted = (session: SessionDate) => within(session, wish.window);
  const rows = sessions.flatMap((session, row) => {
    const isNew = session > through;
    const isDue = isNew ? wanted(session) : due.some((range) => within(session, range));
    return isDue ? [{ row, session, isNew }] : [];
  });
  const [first] = rows;
  if (first === undefined) return 0;
  const basis = lastSplit(splits);
  const basisDay = basis === null ? null : dayNumber(basis);
  const write = writer.of({ instrumentId, table: computeTable(series, first.row), days, basisDay });
  let added = 0;
  for (const { row, session, isNew } of rows) {
    if (isNew) added += 1;
    if (isNew) write.add(row);
    else write.stage(row, wanted(session));
  }
  return added;
}

/** The dates that have all their rows after a run: what was there joined with its window, or the later of both. */
function joinedRanges(known: DateRange, window: DateRange, sessions: readonly SessionDate[]): DateRange {
  const [earlier, later] = known.from <= window.from ? [known, window] : [window, known];
  const gap = sessions.some((session) => session > earlier.to && session < later.from);
  if (gap) return later;
  return { from: earlier.from, to: earlier.to > later.to ? earlier.to : later.to };
}
