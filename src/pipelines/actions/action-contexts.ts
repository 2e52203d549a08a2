import type { DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { ActionContext } from '../../domain/judged-action.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sourceNames, sources, sourcesWith, type SourceName } from '../../domain/source.ts';
import { splitEvidence } from '../../domain/split-basis.ts';
import { actionsSynced } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import { currenciesOf } from '../../store/instruments.ts';
import { barsBesideActions, coveredDates, type BarsBeside } from '../../store/split-basis.ts';

/** What is known around the actions of each of the instruments; `asOf` (ISO 8601) says what day it is. */
export async function actionContexts(
  db: Database,
  asOf: string,
  instrumentIds: readonly number[],
): Promise<(instrumentId: number) => ActionContext> {
  const today = exchangeDate(Date.parse(asOf));
  const asTraded = sourcesWith(({ prices }) => prices === 'as_traded');
  const beside = await barsBesideActions(db, asTraded, instrumentIds);
  const covers = await coverage(db, instrumentIds);
  const currencies = await currenciesOf(db, instrumentIds);
  return (instrumentId) => ({
    today,
    currency: currencies.get(instrumentId) ?? null,
    ...pricesSay(beside.get(instrumentId) ?? []),
    covers: (source, date) => isWithin(covers.get(source)?.(instrumentId), date),
  });
}

/** By prices as traded; the bars of an ex-date come with those of the most credible source in front. */
function pricesSay(bars: readonly BarsBeside[]): Pick<ActionContext, 'evidence' | 'closeBefore'> {
  const byDate = Map.groupBy(bars, ({ exDate }) => exDate);
  const pairOf = (date: SessionDate) =>
    byDate
      .get(date)
      ?.flatMap(({ before, after }) => (before === null || after === null ? [] : [[before, after]]))[0];
  return {
    evidence(split) {
      const pair = pairOf(split.exDate);
      return pair === undefined ? 'unknown' : splitEvidence(pair, split);
    },
    closeBefore: (date) => byDate.get(date)?.find(({ before }) => before !== null)?.before?.close ?? null,
  };
}

/** The dates of an instrument whose actions a source would have told of; null: none. */
type Covered = (instrumentId: number) => DateRange | null;

async function coverage(
  db: Database,
  instrumentIds: readonly number[],
): Promise<ReadonlyMap<SourceName, Covered>> {
  const covers = new Map<SourceName, Covered>();
  for (const source of sourceNames) covers.set(source, await coverageOf(db, source, instrumentIds));
  return covers;
}

/** Who lists the market's actions covers what was read of them; with the others actions come along with bars. */
async function coverageOf(
  db: Database,
  source: SourceName,
  instrumentIds: readonly number[],
): Promise<Covered> {
  if (sources[source].marketActions) {
    const synced = await actionsSynced(db, source);
    return () => synced;
  }
  const dates = await coveredDates(db, source, instrumentIds);
  return (instrumentId) => dates.get(instrumentId) ?? null;
}

function isWithin(range: DateRange | null | undefined, date: SessionDate): boolean {
  return range != null && range.from <= date && date <= range.to;
}
