import { appliedSplits, type AppliedSplit } from '../../domain/applied-splits.ts';
import type { DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { ActionContext } from '../../domain/judged-action.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sourceNames, sources, sourcesWith, type SourceName } from '../../domain/source.ts';
import type { PricedSession } from '../../domain/traded-steps.ts';
import { actionsSynced } from '../../store/corporate-actions.ts';
import type { Database } from '../../store/database.ts';
import { currenciesOf } from '../../store/instruments.ts';
import { barsBesideActions, coveredDates, type BarsBeside } from '../../store/split-basis.ts';
import { pricesAroundSplits, pricesBelievedAdjusted } from '../../store/split-prices.ts';

/** The sessions of an answer that is not stored yet, as they are adjusted on the day of the answer. */
export interface AnsweredSeries {
  readonly instrumentId: number;
  readonly source: SourceName;
  /** Oldest first; asked for only where there is something to judge. */
  sessions(): readonly PricedSession[];
}

/** What is known around the actions of each of the instruments; `asOf` (ISO 8601) says what day it is. */
export async function actionContexts(
  db: Database,
  asOf: string,
  instrumentIds: readonly number[],
  answered: AnsweredSeries | null = null,
): Promise<(instrumentId: number) => ActionContext> {
  const today = exchangeDate(Date.parse(asOf));
  const asTraded = sourcesWith(({ prices }) => prices === 'as_traded');
  const beside = await barsBesideActions(db, asTraded, instrumentIds);
  const prices = await pricesBySource(db, { instrumentIds, basis: today });
  const applied = await pricesBelievedAdjusted(db, instrumentIds);
  const covers = await coverage(db, instrumentIds);
  const currencies = await currenciesOf(db, instrumentIds);
  return (instrumentId) => {
    const pricesOf = (source: SourceName) => prices.get(source)?.get(instrumentId) ?? [];
    // One source's alone: two of them beside each other would make steps of their own.
    const traded = asTraded.map(pricesOf).find(({ length }) => length > 0) ?? [];
    return {
      today,
      currency: currencies.get(instrumentId) ?? null,
      traded,
      applied: appliedIn(traded, [
        ...(applied.get(instrumentId) ?? []).map(({ sessions }) => sessions),
        ...(answered?.instrumentId === instrumentId ? [answered.sessions()] : []),
      ]),
      adjusted: (source) => withAnswer(pricesOf(source), { instrumentId, source }, answered),
      closeBefore: closeBefore(beside.get(instrumentId) ?? []),
      covers: (source, date) => isWithin(covers.get(source)?.(instrumentId), date),
    };
  };
}

async function pricesBySource(
  db: Database,
  query: { readonly instrumentIds: readonly number[]; readonly basis: SessionDate },
): Promise<ReadonlyMap<SourceName, ReadonlyMap<number, readonly PricedSession[]>>> {
  const prices = new Map<SourceName, ReadonlyMap<number, readonly PricedSession[]>>();
  for (const source of sourceNames) prices.set(source, await pricesAroundSplits(db, { ...query, source }));
  return prices;
}

/** What sources that adjust have put into their prices; null where none can be compared. */
function appliedIn(
  traded: readonly PricedSession[],
  adjusted: readonly (readonly PricedSession[])[],
): readonly AppliedSplit[] | null {
  const found = adjusted.flatMap((sessions) => {
    const applied = appliedSplits(traded, sessions);
    return applied === null ? [] : [applied];
  });
  return found.length > 0 ? found.flat() : null;
}

/** An answer counts before what is stored of its sessions. */
function withAnswer(
  stored: readonly PricedSession[],
  { instrumentId, source }: Pick<AnsweredSeries, 'instrumentId' | 'source'>,
  answered: AnsweredSeries | null,
): readonly PricedSession[] {
  if (sources[source].prices === 'as_traded') return [];
  if (answered?.instrumentId !== instrumentId || answered.source !== source) return stored;
  const bySession = new Map([...stored, ...answered.sessions()].map((one) => [one.session, one]));
  return [...bySession.values()].sort((a, b) => (a.session < b.session ? -1 : 1));
}

/** By prices as traded; the bars of an ex-date come with those of the most credible source in front. */
function closeBefore(bars: readonly BarsBeside[]): ActionContext['closeBefore'] {
  const byDate = Map.groupBy(bars, ({ exDate }) => exDate);
  return (date) => byDate.get(date)?.find(({ before }) => before !== null)?.before?.close ?? null;
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
