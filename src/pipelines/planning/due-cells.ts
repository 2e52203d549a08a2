import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { dayNumber } from '../../domain/date-range.ts';
import { isIntraday, slotsOf, type Interval } from '../../domain/interval.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { DayRange } from '../../domain/session-days.ts';
import { sources } from '../../domain/source.ts';
import { tickerDays, undated, type TickerBearer, type TickerDays } from '../../domain/ticker-days.ts';
import type { MissingSeries } from '../../planning/planning-input.ts';
import type { IngestionRequest } from '../../runs/ingestion-request.ts';
import type { RunSessions } from '../../runs/run.ts';
import { absentRanges, contradictedDays } from '../../store/absent-ranges.ts';
import type { Database } from '../../store/database.ts';
import { settledIntradayDays, type ExpectedBars } from '../../store/intraday-bars.ts';
import { knownTickers, tickersTaken } from '../../store/known-tickers.ts';
import { storedDays, type DaysById } from '../../store/stored-days.ts';
import { cellsOf } from './borne-cells.ts';

/** What tells whose cells of which sessions are due. */
export interface CellsWish {
  readonly request: Pick<IngestionRequest, 'source' | 'interval' | 'doubtSilence'>;
  readonly sessions: Pick<RunSessions, 'sessions' | 'again'>;
  readonly loads: readonly (TickerBearer & { readonly id: number })[];
}

/** What instruments need no request for, by instrument. */
interface KnownCells {
  readonly settled: DaysById;
  /** Days with a bar that may still move; of parts of sessions nothing. */
  readonly provisional: DaysById;
  readonly absent: ReadonlyMap<number, readonly DayRange[]>;
  /** Days of those on which another source saw it traded, where the request doubts them. */
  readonly contradicted: DaysById;
}

/** The cells of a wish that the store lacks: bars that are settled, and sessions that are known to have none, apart. */
export interface DueCells {
  /** In the order of the loads. */
  readonly series: readonly Required<Pick<MissingSeries, 'id' | 'missing' | 'borders'>>[];
  /** The tickers of each load and their days. */
  readonly borne: ReadonlyMap<number, readonly TickerDays[]>;
  /** How many bars each of the sessions has. */
  readonly expected: readonly ExpectedBars[];
  readonly known: KnownCells;
}

const nothing: DaysById = new Map();
const nothingKnown: KnownCells = {
  ...{ settled: nothing, provisional: nothing, contradicted: nothing },
  absent: new Map(),
};

/** Which cells of loads a request asks for: the one place that says what is due. */
export async function dueCells(db: Database, wish: CellsWish): Promise<DueCells> {
  const {
    request,
    sessions: { sessions, again: askedAgain },
    loads,
  } = wish;
  const again = new Set(askedAgain);
  const expected = expectedBars(sessions, request.interval);
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const known =
    again.size < sessions.length ? await knownCells(db, request, { instrumentIds, expected }) : nothingKnown;
  const borne = await borneTickers(db, wish);
  const days = sessions.map((session) => (again.has(session) ? NaN : dayNumber(session)));
  const cells = cellsOf(sessions);
  const series = loads.map(({ id, instrumentId }) => {
    const stored = new Set(known.settled.get(instrumentId));
    const absent = known.absent.get(instrumentId) ?? [];
    const doubted = new Set(known.contradicted.get(instrumentId));
    const isKnown = (index: number) => {
      const day = days[index] ?? NaN;
      if (stored.has(day)) return true;
      return absent.some(([first, last]) => day >= first && day <= last) && !doubted.has(day);
    };
    return { id, ...cells(borne.get(id) ?? [], stored.size + absent.length === 0 ? null : isKnown) };
  });
  return { series, borne, expected, known };
}

/** The tickers of loads by their days; whose ticker of today is another's has none where those are asked for. */
export async function borneTickers(
  db: Database,
  { request: { source }, sessions: { sessions }, loads }: CellsWish,
): Promise<DueCells['borne']> {
  const isDated = sources[source].tickers === 'of_the_day';
  const instrumentIds = loads.map(({ instrumentId }) => instrumentId);
  const range = { from: sessions.at(0) ?? '', to: sessions.at(-1) ?? '' };
  const isAsked = isDated && range.from !== '';
  const tickersOf = tickerDays(isAsked ? await knownTickers(db, source, instrumentIds, range) : undated);
  const taken = isDated ? null : await tickersTaken(db, instrumentIds);
  return new Map(
    loads.map((load) => [load.id, taken?.has(load.instrumentId) === true ? [] : tickersOf(load)]),
  );
}

/** How many bars of an interval each of the sessions has; they are sessions of the calendar, oldest first. */
export function expectedBars(sessions: readonly SessionDate[], interval: Interval): readonly ExpectedBars[] {
  const [from, to] = [sessions.at(0), sessions.at(-1)];
  if (from === undefined || to === undefined) return [];
  const wanted = new Set(sessions);
  return sessionsBetween({ from, to })
    .filter(({ session }) => wanted.has(session))
    .map((session) => ({ session: session.session, bars: slotsOf(session, interval).length }));
}

async function knownCells(
  db: Database,
  { source, interval, doubtSilence = false }: CellsWish['request'],
  {
    instrumentIds,
    expected,
  }: { readonly instrumentIds: readonly number[]; readonly expected: readonly ExpectedBars[] },
): Promise<KnownCells> {
  const [from, to] = [expected.at(0)?.session, expected.at(-1)?.session];
  if (from === undefined || to === undefined) return nothingKnown;
  const query = { instrumentIds, source, interval, range: { from, to } };
  const stored = isIntraday(interval)
    ? { settled: await settledIntradayDays(db, { ...query, expected }), provisional: new Map() }
    : await storedDays(db, query);
  const contradicted = doubtSilence && !isIntraday(interval) ? await contradictedDays(db, query) : nothing;
  return { ...stored, absent: await absentRanges(db, query), contradicted };
}
