import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect } from 'vitest';
import {
  knownSessionDays,
  sessionDatesBetween,
  sessionsBetween,
} from '../../src/calendar/exchange-calendar.ts';
import type { DateRange } from '../../src/domain/date-range.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import { computeIndicators, type IndicatorTable } from '../../src/indicators/compute-indicators.ts';
import type { PriceSeries } from '../../src/indicators/price-series.ts';
import { indicatorColumns } from '../../src/indicators/columns.ts';
import { writeAbsences } from '../../src/store/absences.ts';
import { readBars } from '../../src/store/adjusted-bars.ts';
import type { Store } from '../../src/store/database.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { readIndicators } from '../../src/store/read-indicators.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars } from './bar-rows.ts';
import { expectSameTable, sliceTable } from '../unit/indicators/same-table.ts';
import type { BarRow } from '../unit/indicators/series.ts';

/** A session with its bar. */
export type DatedBar = readonly [SessionDate, BarRow];

const everything = { from: '1990-01-01', to: '2035-12-31' };

/** The bars of instruments as a test puts them into the store, and what their indicators must then be. */
export async function storedSeries(store: Store, source: 'polygon' | 'yahoo' = 'polygon') {
  const runId = randomUUID();
  await insertRun(store.db, {
    runId,
    workflowId: 'stored series',
    flow: 'polygon-historical-backfill',
    parameters: {},
    sessions: { range: { from: '2024-01-02', to: '2024-01-02' }, sessions: [], again: [] },
    startedAt: '2024-01-10T00:00:00Z',
  });
  let clock = Date.parse('2024-01-10T12:00:00Z');

  async function write(instrumentId: number, bars: readonly DatedBar[], splitBasis: string | null = null) {
    clock += 60_000;
    const observedAt = new Date(clock).toISOString();
    const incoming = bars.map(([session, [open, high, low, close, volume]]) => ({
      instrumentId,
      ...{ session, open, high, low, close, volume, vwap: null, trades: null, settled: true, observedAt },
      endpoint: 'series' as const,
      splitBasis,
    }));
    const origin = { source, interval: '1d', runId } as const;
    await transaction(store, async (tx) => {
      const came = incomingBars(incoming);
      await writeBars(tx, origin, came);
      await writeAbsences(tx, origin, { bars: came, absences: [] }, knownSessionDays);
    });
  }

  /** The whole history as it is to be computed from. */
  async function priceSeries(instrumentId: number, through: SessionDate): Promise<PriceSeries> {
    const range = { from: everything.from, to: through };
    const wish = { instrumentId, source, interval: '1d', range, adjust: 'split' } as const;
    const bars = new Map((await readBars(store.db, wish)).map((bar) => [bar.session, bar]));
    const { rows } = await sql<{ from: string; to: string }>`
      select session_date as "from", last_session as "to" from market.bar_absences
      where instrument_id = ${instrumentId} and source = ${source} and confirmed`.execute(store.db);
    const absent = new Set(rows.flatMap(sessionDatesBetween));
    const first = [...bars.keys()][0] ?? through;
    const sessions = sessionsBetween({ from: first, to: through })
      .map(({ session }) => session)
      .filter((session) => !absent.has(session));
    const column = (of: 'open' | 'high' | 'low' | 'close' | 'volume') =>
      Float64Array.from(sessions, (session) => bars.get(session)?.[of] ?? NaN);
    return {
      sessions,
      ...{ open: column('open'), high: column('high'), low: column('low') },
      ...{ close: column('close'), volume: column('volume') },
    };
  }

  async function expected(instrumentId: number, through: SessionDate): Promise<IndicatorTable> {
    return computeIndicators(await priceSeries(instrumentId, through));
  }

  async function stored(instrumentId: number): Promise<IndicatorTable> {
    const query = { instrumentId, source, range: everything, columns: indicatorColumns, extra: null };
    const rows = await readIndicators(store.db, query);
    const numbers = indicatorColumns.filter(({ kind }) => kind === 'number');
    const names = indicatorColumns.filter(({ kind }) => kind === 'names');
    return {
      sessions: rows.map(({ session }) => session),
      numbers: new Map(
        numbers.map(({ name }) => [
          name,
          Float64Array.from(rows, ({ values }) => (values[name] as number | null) ?? NaN),
        ]),
      ),
      names: new Map(
        names.map(({ name }) => [name, rows.map(({ values }) => values[name] as readonly string[] | null)]),
      ),
      reasons: rows.map(({ reason }) => reason),
    };
  }

  return {
    write,
    stored,
    priceSeries,
    async instrument(symbol: string): Promise<number> {
      const nothing = { name: null, figi: null, cik: null, listedOn: null, delistedOn: null };
      const reference = { symbol, type: 'CS', exchange: 'XNYS', currency: 'USD', active: true, ...nothing };
      await transaction(store, (tx) => saveInstruments(tx, [reference]));
      const { rows } = await sql<{
        id: number;
      }>`select id from market.instruments where symbol = ${symbol}`.execute(store.db);
      return rows[0]?.id ?? NaN;
    },
    async split(instrumentId: number, exDate: SessionDate, ratio: number): Promise<void> {
      await sql`insert into market.corporate_actions (instrument_id, source, kind, ex_date, ratio, status, run_id,
          observed_at, first_observed_at)
        values (${instrumentId}, 'polygon', 'split', ${exDate}, ${ratio}, 'effective', ${runId}, now(), now())`.execute(
        store.db,
      );
    },
    async absent(instrumentId: number, session: SessionDate): Promise<void> {
      const observedAt = new Date((clock += 60_000)).toISOString();
      const absence = { instrumentId, session, reason: 'no_trade' as const, confirmed: true, observedAt };
      const told = { bars: [], absences: [absence] };
      await transaction(store, (tx) =>
        writeAbsences(tx, { source, interval: '1d', runId }, told, knownSessionDays),
      );
    },
    /** The stored rows are those of the whole history computed at once, from a date on. */
    async expectRecomputed(instrumentId: number, { from, to }: DateRange): Promise<void> {
      const [whole, found] = [await expected(instrumentId, to), await stored(instrumentId)];
      const rows = sliceTable(
        whole,
        whole.sessions.findIndex((session) => session >= from),
      );
      expect(found.sessions).toEqual(rows.sessions);
      expectSameTable(found, rows);
    },
    expected,
  };
}

export type StoredSeries = Awaited<ReturnType<typeof storedSeries>>;
