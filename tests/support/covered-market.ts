import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { knownSessionDays } from '../../src/calendar/exchange-calendar.ts';
import type { Interval } from '../../src/domain/interval.ts';
import type { SourceName } from '../../src/domain/source.ts';
import { writeAbsences, type IncomingAbsence } from '../../src/store/absences.ts';
import type { Store } from '../../src/store/database.ts';
import { keepRejected } from '../../src/store/rejected-rows.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars } from './bar-rows.ts';

const observedAt = '2024-04-01T22:00:00.000Z';
const values = { open: 10, high: 11, low: 9, close: 10.5, volume: 100, vwap: null, trades: null };

interface Listing {
  readonly listedOn?: string;
  readonly delistedOn?: string;
  readonly watched?: boolean;
}

/** What tests of coverage put into a store. */
export function coveredMarket(store: Store) {
  const runId = randomUUID();
  return {
    async instrument(
      symbol: string,
      { listedOn, delistedOn, watched = false }: Listing = {},
    ): Promise<number> {
      const active = delistedOn === undefined;
      const listing = { active, listedOn: listedOn ?? null, delistedOn: delistedOn ?? null };
      const nothing = { name: null, figi: null, cik: null };
      const reference = { symbol, type: 'CS', exchange: 'XNYS', currency: 'USD', ...listing, ...nothing };
      await transaction(store, (tx) => saveInstruments(tx, [reference]));
      const { rows } = await sql<{ id: number }>`update market.instruments set watched = ${watched}
        where symbol = ${symbol} returning id`.execute(store.db);
      return rows[0]?.id ?? NaN;
    },
    async bars(
      instrumentId: number,
      sessions: readonly string[],
      {
        settled = true,
        source = 'polygon',
      }: { readonly settled?: boolean; readonly source?: SourceName } = {},
    ): Promise<void> {
      const came = incomingBars(
        sessions.map((session) => ({
          ...{ instrumentId, session, ...values, settled, endpoint: 'series' as const, observedAt },
        })),
      );
      await transaction(store, async (tx) => {
        const origin = { source, interval: '1d', runId } as const;
        await writeBars(tx, origin, came);
        await writeAbsences(tx, origin, { bars: came, absences: [] }, knownSessionDays);
      });
    },
    async absent(
      instrumentId: number,
      sessions: readonly string[],
      said: Partial<Pick<IncomingAbsence, 'reason' | 'confirmed'>> & { readonly source?: SourceName } = {},
    ): Promise<void> {
      const { source = 'polygon', ...rest } = said;
      const absences = sessions.map((session): IncomingAbsence => {
        return { instrumentId, session, reason: 'no_trade', confirmed: true, observedAt, ...rest };
      });
      const origin = { source, interval: '1d', runId } as const;
      await transaction(store, (tx) => writeAbsences(tx, origin, { bars: [], absences }, knownSessionDays));
    },
    async refused(instrumentId: number, session: string, interval: Interval = '1d'): Promise<void> {
      const row = { record: { c: -1 }, symbol: 'X', session, field: 'close', wrong: 'negative' };
      await transaction(store, (tx) =>
        keepRejected(tx, { source: 'polygon', runId: null }, [{ ...row, instrumentId, interval }]),
      );
    },
  };
}
