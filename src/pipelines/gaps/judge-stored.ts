import type { DateRange } from '../../domain/date-range.ts';
import { isIntraday } from '../../domain/interval.ts';
import { judgeCells, type JudgedStates, type SeriesFacts } from '../../domain/judge-cells.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { Database } from '../../store/database.ts';
import { daysToldElsewhere, refusedDays, toldAbsences } from '../../store/gap-evidence.ts';
import { daysWithAnyBar } from '../../store/stored-days.ts';
import { dueCells, type DueCells } from '../planning/due-cells.ts';
import type { CoveredSeries } from './covered-series.ts';
import type { Window } from './covered-window.ts';

type Batch = Omit<CoveredSeries, 'range'>;

/** What each cell of an instrument is. */
interface JudgedSeries {
  readonly states: JudgedStates;
  /** Another source saw it traded on days on which it is believed not to have been. */
  readonly isContradicted: boolean;
}

/** What each cell of some instruments is, by instrument; which of them are due is what the planner says. */
export async function judgeStored(
  db: Database,
  batch: Batch,
  window: Window,
): Promise<ReadonlyMap<number, JudgedSeries>> {
  const { source, interval, instruments } = batch;
  const loads = instruments.map(({ id, symbol, delistedOn }) => ({
    id,
    instrumentId: id,
    symbol,
    delistedOn,
  }));
  const sessions = { sessions: window.dates, again: [] };
  const due = await dueCells(db, { request: { source, interval, doubtSilence: true }, sessions, loads });
  const factsOf = await evidenceFor(db, batch, window, due);
  const delisted = new Map(instruments.map(({ id, delistedOn }) => [id, delistedOn]));
  return new Map(
    due.series.map(({ id, missing }) => {
      const facts = { ...factsOf(id), due: missing, delistedOn: delisted.get(id) ?? null };
      return [id, { states: judgeCells(facts, window), isContradicted: due.known.contradicted.has(id) }];
    }),
  );
}

const none: ReadonlySet<number> = new Set();

/** What is stored of instruments, and what speaks of those of their cells that are due. */
async function evidenceFor(
  db: Database,
  { source, interval, instruments }: Batch,
  { dates }: Window,
  { series, known }: DueCells,
): Promise<(id: number) => Omit<SeriesFacts, 'due' | 'delistedOn'>> {
  const range: DateRange = { from: dates[0] ?? '', to: dates.at(-1) ?? '' };
  const of = { source, interval, range };
  const instrumentIds = instruments.map(({ id }) => id);
  const partly = isIntraday(interval)
    ? await daysWithAnyBar(db, { source, interval, instrumentIds }, range)
    : known.provisional;
  const absences = await toldAbsences(db, { ...of, instrumentIds });
  const lacking = series.filter(({ missing }) => missing.length > 0).map(({ id }) => id);
  const dueRange = rangeOfDue(series, dates) ?? range;
  const asked = { ...of, instrumentIds: lacking, range: dueRange };
  const refused = lacking.length === 0 ? new Map<number, Int32Array>() : await refusedDays(db, asked);
  const elsewhere = lacking.length === 0 ? refused : await daysToldElsewhere(db, asked);
  const setOf = (days: Int32Array | undefined) => (days === undefined ? none : new Set(days));
  return (id) => ({
    settled: known.settled.get(id) ?? [],
    provisional: partly.get(id) ?? [],
    absences: absences.get(id) ?? [],
    refused: setOf(refused.get(id)),
    toldElsewhere: setOf(elsewhere.get(id)),
  });
}

/** The sessions from the first to the last that is due; null: none is. */
function rangeOfDue(series: DueCells['series'], dates: readonly SessionDate[]): DateRange | null {
  let [first, last] = [Infinity, -Infinity];
  for (const { missing } of series) {
    first = Math.min(first, missing[0] ?? Infinity);
    last = Math.max(last, missing.length > 0 ? (missing[missing.length - 1] ?? -Infinity) : -Infinity);
  }
  return first > last ? null : { from: dates[first] ?? '', to: dates[last] ?? '' };
}
