import { sql } from 'kysely';
import { rowsAfter, type AbsenceRow } from '../../domain/absence-rows.ts';
import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import type { Interval } from '../../domain/interval.ts';
import type { Calendar } from '../../domain/session-days.ts';
import { sourceNames, sources, type SourceName } from '../../domain/source.ts';
import { differing } from '../absences.ts';
import { jsonOf } from '../json.ts';
import { daysWithBar, replaceRows, rowsNear } from '../stored-absences.ts';
import type { Transaction } from '../transaction.ts';
import { misplacedAbsences, type MisplacedAbsence } from './misplaced-absences.ts';
import { noteMoves, type Mover } from './note-moves.ts';
import { temporary } from './temporary-table.ts';

/** What is absent of one source and interval, by instrument, while it changes. */
interface Series {
  readonly source: SourceName;
  readonly interval: Interval;
  readonly rows: Map<number, readonly AbsenceRow[]>;
  readonly calendar: Calendar;
}

/** Any day is between these. */
const [first, last] = [dayNumber('1900-01-01'), dayNumber('2199-12-31')];

/**
 * Moves what instruments are said to lack to those of which it was told, as far as they have no bar there; what is nobody's
 * who is known is said of nobody any more.
 */
export async function moveAbsences(
  tx: Transaction,
  vocabulary: SourceName,
  { ids, runId }: Mover,
  calendar: Calendar,
): Promise<void> {
  const misplaced = await misplacedAbsences(tx, vocabulary, ids);
  const concerned = [...new Set([...ids, ...misplaced.flatMap(({ movedTo }) => movedTo ?? [])])];
  for (const source of sourceNames) {
    for (const interval of Object.keys(sources[source].intervals) as Interval[]) {
      const origin = { source, interval, runId: runId ?? '' };
      const before = await rowsNear(tx, origin, { instrumentIds: concerned, first, last });
      const series = { source, interval, rows: new Map(before), calendar };
      const own = misplaced.filter((one) => one.source === source && one.interval === interval);
      for (const absence of own) takeAway(series, absence);
      for (const absence of own) bring(series, absence);
      await sweep(tx, series);
      const changed = concerned.flatMap((instrumentId) => {
        const change = differing(before.get(instrumentId) ?? [], series.rows.get(instrumentId) ?? []);
        return change === null ? [] : [{ instrumentId, ...change }];
      });
      await replaceRows(tx, origin, changed);
    }
  }
  await note(tx, misplaced, { runId, calendar });
}

function takeAway(series: Series, absence: MisplacedAbsence): void {
  change(series, absence.instrumentId, absence, { traded: daysOf(series, absence), told: [] });
}

function bring(series: Series, absence: MisplacedAbsence): void {
  const { movedTo, reason, confirmed } = absence;
  if (movedTo === null) return;
  const observedAt = absence.observedAt.toISOString();
  const told = daysOf(series, absence).map((day) => {
    return { session: dateOfDayNumber(day), observedAt, reason, confirmed };
  });
  change(series, movedTo, absence, { traded: [], told });
}

/** Where there is a bar nothing is absent. */
async function sweep(tx: Transaction, series: Series): Promise<void> {
  const { source, interval, rows } = series;
  const extents = [...rows].flatMap(([instrumentId, own]) => extentOf(instrumentId, own));
  const bars = await daysWithBar(tx, { source, interval, runId: '' }, extents);
  for (const [id, own] of Map.groupBy(bars, ({ instrumentId }) => instrumentId)) {
    const traded = own.map(({ day }) => day);
    change(series, id, { runId: '' }, { traded, told: [] });
  }
}

function extentOf(instrumentId: number, rows: readonly AbsenceRow[]) {
  const [oldest, newest] = [rows[0], rows.at(-1)];
  return oldest === undefined || newest === undefined
    ? []
    : [{ instrumentId, first: oldest.first, last: newest.last }];
}

function change(
  { source, rows, calendar }: Series,
  id: number,
  { runId }: Pick<MisplacedAbsence, 'runId'>,
  account: Parameters<typeof rowsAfter>[1],
): void {
  const before = rows.get(id) ?? [];
  const days = [
    ...before.flatMap((row) => [row.first, row.last]),
    ...account.traded,
    ...account.told.map(({ session }) => dayNumber(session)),
  ];
  if (days.length === 0) return;
  const [from, to] = [days.reduce((a, b) => Math.min(a, b)), days.reduce((a, b) => Math.max(a, b))];
  const over = calendar({ from: dateOfDayNumber(from), to: dateOfDayNumber(to) });
  rows.set(id, rowsAfter(before, account, { source, runId, calendar: over }));
}

function daysOf({ calendar }: Series, { from, to }: MisplacedAbsence): readonly number[] {
  return Array.from(calendar({ from, to }));
}

async function note(
  tx: Transaction,
  misplaced: readonly MisplacedAbsence[],
  { runId, calendar }: { readonly runId: string | null; readonly calendar: Calendar },
): Promise<void> {
  const moved = misplaced.filter(({ movedTo }) => movedTo !== null);
  const days = moved.flatMap(({ instrumentId, movedTo, source, ticker, from, to }) =>
    Array.from(calendar({ from, to }), (day) => {
      return { instrument_id: instrumentId, moved_to: movedTo, source, ticker, day: dateOfDayNumber(day) };
    }),
  );
  await temporary(
    tx,
    'moving',
    sql`select * from jsonb_to_recordset(${jsonOf(days)}::jsonb)
      as m(instrument_id int, moved_to int, source text, ticker text, day date)`,
  );
  await noteMoves(tx, 'bar_absences', runId);
}
