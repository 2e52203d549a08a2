import { setImmediate } from 'node:timers/promises';
import { dayNumber, type DateRange } from '../../domain/date-range.ts';
import { sourceNames, type SourceName } from '../../domain/source.ts';
import { marketScores } from '../../quality/market-score.ts';
import { effectiveSplits } from '../../store/bar-series.ts';
import type { Store } from '../../store/database.ts';
import { saveMarketScores } from '../../store/market-scores.ts';
import { transaction } from '../../store/transaction.ts';
import { judgedBars } from './judged-bars.ts';
import { readWithin } from './read-around.ts';

/** A median of so many is that of all, as far as a score goes. */
const symbolsHeard = 200;
const symbolsAtOnce = 50;
/** Calendar days on either side that hold the bars which a scale is taken from. */
const reachDays = 60;

/** Keeps how far the market went out of itself in each session of a range, by each source: heard of some of its symbols. */
export async function scoreMarket(store: Store, ids: readonly number[], range: DateRange): Promise<void> {
  const step = Math.max(1, Math.floor(ids.length / symbolsHeard));
  const heard = ids.filter((_, at) => at % step === 0).slice(0, symbolsHeard);
  for (const source of sourceNames) await scoreSource(store, source, heard, range);
}

async function scoreSource(
  store: Store,
  source: SourceName,
  heard: readonly number[],
  range: DateRange,
): Promise<void> {
  const scores = marketScores(dayNumber(range.from), dayNumber(range.to));
  for (let at = 0; at < heard.length; at += symbolsAtOnce) {
    const instrumentIds = heard.slice(at, at + symbolsAtOnce);
    const splits = await effectiveSplits(store.db, instrumentIds);
    const series = await transaction(store, (tx) =>
      readWithin(tx, { source, instrumentIds, range }, reachDays),
    );
    for (const [id, bars] of series) {
      scores.add(judgedBars(bars, { splits: splits.get(id) ?? [], hasVolume: true }).series);
      // Twenty years take a moment: others have their turn between two.
      await setImmediate();
    }
  }
  await saveMarketScores(store.db, source, scores.medians());
}
