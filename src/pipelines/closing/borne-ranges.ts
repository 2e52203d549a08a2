import { addDays } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import { tickerDays } from '../../domain/ticker-days.ts';
import type { Database } from '../../store/database.ts';
import type { BorneRange } from '../../store/finish-market-day-loads.ts';
import { knownTickers } from '../../store/known-tickers.ts';
import { marketDayLoads } from '../../store/load-requests.ts';

/**
 * When those instruments of a run that its whole-market answers serve bore a ticker that did not on all of some sessions,
 * oldest first; the others are left out. Each begins with an empty range: it may have borne none at all.
 */
export async function borneRanges(
  db: Database,
  { source, runId }: { readonly source: SourceName; readonly runId: string },
  sessions: readonly SessionDate[],
): Promise<readonly BorneRange[]> {
  const [first, last] = [sessions.at(0), sessions.at(-1)];
  if (sources[source].tickers !== 'of_the_day' || first === undefined || last === undefined) return [];
  const loads = await marketDayLoads(db, runId);
  const instruments = loads.map(({ instrumentId }) => instrumentId);
  const tickersOf = tickerDays(await knownTickers(db, source, instruments, { from: first, to: last }));
  return loads.flatMap((load) => {
    const { instrumentId } = load;
    const ranges = tickersOf(load).map(({ from, to }) => ({ from: from ?? first, to: to ?? last }));
    if (ranges.some(({ from, to }) => from <= first && to >= last)) return [];
    const none = { from: addDays(last, 1), to: last };
    return [none, ...ranges].map((range) => ({ instrumentId, ...range }));
  });
}
