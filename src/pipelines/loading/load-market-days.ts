import { ProviderError } from '../../domain/provider-errors.ts';
import type { DateRange } from '../../domain/date-range.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import { undated } from '../../domain/ticker-days.ts';
import type { MarketDayAnswer, WholeMarket } from '../../providers/provider.ts';
import type { Database } from '../../store/database.ts';
import { activeAmong } from '../../store/instruments.ts';
import { knownTickers } from '../../store/known-tickers.ts';
import { marketDayLoads, type MarketDayRequest } from '../../store/load-requests.ts';
import { readRunSessions } from '../../store/runs.ts';
import { answerFailure, failsForGood } from '../containment/lasting-cause.ts';
import { answeredElsewhere, askOnce } from './ask-once.ts';
import { failedFor, requestFailed, type Loaded } from './load-outcomes.ts';
import type { OpenBatch } from './open-batch.ts';
import { bearersByTicker, type Bearer } from './market-day-bearers.ts';
import { marketDayLoaded } from './market-day-outcome.ts';
import { settledRecords, type IsSettled } from './settled-records.ts';
import { strangersAmong } from './strangers.ts';

/** Symbols without which no whole-market answer of their time is whole. */
const everyDaySymbols = ['SPY', 'AAPL'];

/** Asks for sessions of the whole market, one after another, until one has to wait; hands over the rows of the run's loads. */
export async function loadMarketDays(
  { market, ...batch }: OpenBatch & { readonly market: WholeMarket },
  requests: readonly MarketDayRequest[],
): Promise<void> {
  const { store, runId, asking, writer } = batch;
  const served = await marketDayLoads(store.db, runId);
  const instruments = served.map(({ instrumentId }) => instrumentId);
  if (requests.length === 0) return;
  const isDated = sources[market.name].tickers === 'of_the_day';
  const byTicker = bearersByTicker(
    served,
    isDated ? await knownTickers(store.db, market.name, instruments, rangeOf(requests)) : undated,
  );
  const witnesses = await activeAmong(store.db, everyDaySymbols);
  const strangersOf = await strangersAmong(store.db, market.name);
  const isAll = (await readRunSessions(store.db, runId)).sessions.length === 1;
  for (const request of requests) {
    const asked = await askOnce(batch, request, () =>
      asking.ask((options) => market.marketDay(request.session, options)),
    );
    if (asked === null) return;
    if (asked === 'answered') {
      await writer.add(answeredElsewhere(request));
      continue;
    }
    const { answer, requests: made } = asked;
    if (answer instanceof ProviderError) {
      await writer.add(requestFailed(request, answer, made));
      continue;
    }
    const strangers = await strangersOf(answer, (ticker) => byTicker.has(ticker));
    const isSettled = await settledOf(store.db, market.name, answer, byTicker);
    const circumstances = { loads: byTicker, witnesses, isAll, strangers, isSettled };
    const means = () => marketDayLoaded(market.name, request, answer, circumstances);
    await writer.add(orFailed(request, made, means));
  }
}

/** What persons have settled of whose rows are refused. */
async function settledOf(
  db: Database,
  source: SourceName,
  { rejected }: MarketDayAnswer,
  byTicker: ReadonlyMap<string, readonly Bearer[]>,
): Promise<IsSettled> {
  const bearers = rejected.flatMap(({ symbol }) => byTicker.get(symbol ?? '') ?? []);
  return settledRecords(
    db,
    { source, interval: '1d' },
    bearers.map(({ instrumentId }) => instrumentId),
  );
}

function rangeOf(requests: readonly MarketDayRequest[]): DateRange {
  const sessions = requests.map(({ session }) => session).sort();
  return { from: sessions.at(0) ?? '', to: sessions.at(-1) ?? '' };
}

/** What an answer means; one of which that cannot be worked out fails its request alone. */
function orFailed(request: MarketDayRequest, requests: number, meaning: () => Loaded): Loaded {
  try {
    return meaning();
  } catch (error) {
    if (!failsForGood(error)) throw error;
    return failedFor(request, answerFailure(error), { requests });
  }
}
