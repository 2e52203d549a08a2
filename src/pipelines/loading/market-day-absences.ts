import { knownSessionDays } from '../../calendar/exchange-calendar.ts';
import { isWholeMarket, marketDayAbsence } from '../../domain/absence.ts';
import { writeAbsences, type IncomingAbsence } from '../../store/absences.ts';
import type { BarOrigin } from '../../store/bars/incoming-bars.ts';
import type { Store } from '../../store/database.ts';
import type { BorneRange } from '../../store/finish-market-day-loads.ts';
import { marketDaysOf, usualRowCount, withoutBar } from '../../store/market-days.ts';
import { quarantineOf } from '../../store/quarantine.ts';
import { transaction, type Transaction } from '../../store/transaction.ts';
import type { SourceName } from '../../domain/source.ts';
import { closeSettled } from './quarantine.ts';

/**
 * Records what the whole-market answers of a run say by leaving it out. Judged once all of them are stored, so that it
 * does not matter in which order they came: each is held against the same neighbours. Who bore no ticker on a session does
 * not lack in it; `borne` is as `borneRanges` tells.
 */
export async function judgeMarketDays(
  store: Store,
  { source, runId }: { readonly source: SourceName; readonly runId: string },
  borne: readonly BorneRange[],
): Promise<void> {
  const { db } = store;
  const confined = Map.groupBy(borne, ({ instrumentId }) => instrumentId);
  for (const { session, rowCount, witnessed, observedAt } of await marketDaysOf(db, source, runId)) {
    const usual = await usualRowCount(db, source, session);
    if (!isWholeMarket({ rowCount, usualRowCount: usual, witnessed })) continue;
    const observedMs = Date.parse(observedAt);
    const missing = await withoutBar(db, { source, runId, session }, knownSessionDays);
    const isBorne = ({ instrumentId }: { readonly instrumentId: number }) =>
      confined.get(instrumentId)?.some(({ from, to }) => from <= session && session <= to) ?? true;
    const absences = missing.filter(isBorne).map(({ instrumentId, ...listing }) => ({
      ...marketDayAbsence({ source, session, observedMs, ...listing }),
      instrumentId,
      observedAt,
    }));
    const origin = { source, interval: '1d', runId } as const;
    await transaction(store, async (tx) => {
      await writeAbsences(tx, origin, { bars: [], absences }, knownSessionDays);
      await closeAbsent(tx, origin, absences);
    });
  }
}

/** Closes what was in quarantine of sessions that are known now to have no bar. */
async function closeAbsent(
  tx: Transaction,
  origin: BarOrigin,
  absences: readonly IncomingAbsence[],
): Promise<void> {
  const hearings = absences.map(({ instrumentId, session }) => {
    return { instrumentId, range: { from: session, to: session } };
  });
  const ids = [...new Set(hearings.map(({ instrumentId }) => instrumentId))];
  await closeSettled(tx, origin, hearings, await quarantineOf(tx, origin, ids));
}
