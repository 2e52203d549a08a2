import { sql } from 'kysely';
import { lastClosedSession, sessionDatesBetween } from '../../calendar/exchange-calendar.ts';
import { dateOfDayNumber, type DateRange } from '../../domain/date-range.ts';
import { maskBetween, maskOf, monthOf, type DayMask } from '../../domain/day-masks.ts';
import { isIntraday, type Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import type { TickerDays } from '../../domain/ticker-days.ts';
import { contradictedDays } from '../../store/absent-ranges.ts';
import type { Database, Store } from '../../store/database.ts';
import { transaction, type Transaction } from '../../store/transaction.ts';
import type { StoredInstrument } from '../../store/instruments.ts';
import { borneTickers, expectedBars } from '../planning/due-cells.ts';
import { createMonthsReader, type MonthMasks, type ReadMonths } from './month-masks.ts';
import { wishedInstruments } from '../planning/wished-instruments.ts';

/** Which cells are looked at: those that the scheduled runs are responsible for. */
export interface MapWish {
  readonly source: SourceName;
  readonly interval: Interval;
  /** Of it the sessions that have closed. */
  readonly range: DateRange;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** One month of a map: of each instrument, in the order of the map, the days of sessions that are so. */
export interface MapMonth {
  /** Its first day. */
  readonly month: SessionDate;
  /** The days that are sessions. */
  readonly sessions: DayMask;
  readonly settled: Uint32Array;
  readonly provisional: Uint32Array;
  /** Known to have no bar, while it was listed. */
  readonly absent: Uint32Array;
  /** What the planner would ask for: without a bar, and not known to have none. */
  readonly due: Uint32Array;
}

/** What there is of every cell of a source and interval, in little room. */
export interface CoverageMap extends Pick<MapWish, 'source' | 'interval'> {
  readonly sessions: readonly SessionDate[];
  readonly instruments: readonly StoredInstrument[];
  /** Oldest first. */
  readonly months: readonly MapMonth[];
  /** Other texts once what is stored of the months is another. */
  readonly stamps: readonly string[];
}

/** Reads what each cell is; what is due is what the planner says of the same cells. */
export async function readCoverageMap(
  store: Store,
  wish: MapWish,
  readMonths: ReadMonths = createMonthsReader(),
): Promise<CoverageMap> {
  return transaction(store, async (tx) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(tx);
    return readMap(tx, wish, readMonths);
  });
}

async function readMap(db: Transaction, wish: MapWish, readMonths: ReadMonths): Promise<CoverageMap> {
  const { source, interval, range, nowMs } = wish;
  const closed = lastClosedSession(new Date(nowMs)).session;
  const sessions = sessionDatesBetween({ from: range.from, to: range.to < closed ? range.to : closed });
  const [from, to] = [sessions.at(0), sessions.at(-1)];
  if (from === undefined || to === undefined)
    return { source, interval, sessions, instruments: [], months: [], stamps: [] };
  const wished = await wishedInstruments(db, { source, range: { from, to } });
  const instruments = wished.flatMap(({ instrument }) => instrument ?? []);
  const bars = expectedBars(sessions, interval);
  const masks = await readMonths(db, {
    source,
    interval,
    from: monthOf(from),
    to: monthOf(to),
    expected: bars,
  });
  const expected = await expectedDays(db, wish, { sessions, instruments });
  const doubted = await doubtedDays(db, wish, { from, to }, instruments);
  const known = { instruments, expected, doubted };
  const months = [...Map.groupBy(sessions, monthOf)].map(([month, dates]): MapMonth => {
    const mask = dates.reduce((all, date) => (all | maskOf(date)) >>> 0, 0);
    return { month, sessions: mask, ...monthOfCells(month, mask, { ...known, masks: masks.get(month) }) };
  });
  return {
    source,
    interval,
    sessions,
    instruments,
    months,
    stamps: [...masks.values()].map(({ stamp }) => stamp),
  };
}

interface Known {
  readonly instruments: readonly StoredInstrument[];
  /** Absent: nothing is stored of the month. */
  readonly masks: MonthMasks | undefined;
  /** The days on which each can be asked for. */
  readonly expected: readonly (readonly TickerDays[])[];
  /** Days of absences that another source contradicts, by instrument. */
  readonly doubted: ReadonlyMap<number, readonly SessionDate[]>;
}

function monthOfCells(
  month: SessionDate,
  sessions: DayMask,
  { instruments, masks, expected, doubted }: Known,
): Omit<MapMonth, 'month' | 'sessions'> {
  const words = () => new Uint32Array(instruments.length);
  const cells = { settled: words(), provisional: words(), absent: words(), due: words() };
  const of = (kind: Uint32Array | undefined, place: number | undefined) =>
    (place === undefined ? undefined : kind?.[place]) ?? 0;
  for (const [at, { id, listedOn, delistedOn }] of instruments.entries()) {
    const place = masks?.placeOf.get(id);
    const [settled, provisional] = [of(masks?.settled, place), of(masks?.provisional, place)];
    const absent = of(masks?.absent, place);
    const isDoubted = (doubted.get(id) ?? [])
      .filter((date) => monthOf(date) === month)
      .reduce((all, date) => all | maskOf(date), 0);
    const none = absent & ~isDoubted & ~settled & ~provisional;
    const borne = (expected[at] ?? []).reduce((all, { from, to }) => all | maskBetween(month, from, to), 0);
    cells.settled[at] = settled & sessions;
    cells.provisional[at] = provisional & sessions;
    cells.absent[at] = none & sessions & maskBetween(month, listedOn, delistedOn);
    cells.due[at] = borne & sessions & ~(settled | provisional | none);
  }
  return cells;
}

async function expectedDays(
  db: Database,
  { source, interval }: MapWish,
  { sessions, instruments }: Pick<CoverageMap, 'sessions' | 'instruments'>,
): Promise<Known['expected']> {
  const loads = instruments.map(({ id, symbol, delistedOn }) => {
    return { id, instrumentId: id, symbol, delistedOn };
  });
  const wish = { request: { source, interval }, sessions: { sessions, again: [] }, loads };
  const borne = await borneTickers(db, wish);
  return instruments.map(({ id }) => borne.get(id) ?? []);
}

async function doubtedDays(
  db: Database,
  { source, interval }: MapWish,
  range: DateRange,
  instruments: readonly StoredInstrument[],
): Promise<Known['doubted']> {
  if (isIntraday(interval)) return new Map();
  const instrumentIds = instruments.map(({ id }) => id);
  const days = await contradictedDays(db, { instrumentIds, source, interval, range });
  return new Map([...days].map(([id, own]) => [id, Array.from(own, dateOfDayNumber)]));
}
