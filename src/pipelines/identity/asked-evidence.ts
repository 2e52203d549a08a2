import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { dateOfDayNumber, type DateRange } from '../../domain/date-range.ts';
import { ProviderError } from '../../domain/provider-errors.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { TickerTerm } from '../../domain/ticker-term.ts';
import type { BorderEvidence, SettledBorder } from '../../identity/border.ts';
import type { ListedBearer } from '../../identity/listed-bearer.ts';
import type { RequestOptions, SeriesProvider, TickerChange } from '../../providers/provider.ts';
import { keepAnswer, knownAnswer } from '../../store/dated-lists.ts';
import { inquire } from '../sources/inquiry.ts';
import type { PastDeps } from './read-past-lists.ts';

export interface EvidenceDeps extends PastDeps {
  readonly series: SeriesProvider;
}

/**
 * Asks the provider for days between two lists, each question once and for good. What it fails to answer now is left open,
 * and asked another time.
 */
export function askedEvidence(
  deps: EvidenceDeps,
  runId: string,
  terms: readonly TickerTerm[],
): BorderEvidence {
  const { past, series } = deps;
  const byTicker = Map.groupBy(terms, ({ ticker }) => ticker);
  const ask = <Answer>(question: string, request: (options: RequestOptions) => Promise<Answer>) =>
    askedOnce<Answer>(deps, runId, question, request);
  return {
    sessions: (range) => sessionsBetween(range).map(({ session }) => session),
    settled: (ticker, range) => settledFrom(byTicker.get(ticker) ?? [], range),
    async bars(ticker, range) {
      const asked = await ask(`bars ${ticker} ${range.from} ${range.to}`, (options) =>
        sessionsWithBars(series, ticker, range, options),
      );
      return asked ?? null;
    },
    bearer: (ticker, date) =>
      ask(`bearer ${ticker} ${date}`, async (options): Promise<ListedBearer | null> => {
        const found = await past.bearerOn({ ticker, date }, options);
        if (found === null) return null;
        const { figi, cik, type, name } = found;
        return { ticker, figi, cik, type, name };
      }),
    async told(figi, ticker) {
      const changes = await ask(`events ${figi}`, (options) => past.tickerChanges(figi, options));
      return latestTo(ticker, changes ?? []);
    },
  };
}

/** Undefined: the provider did not answer. */
async function askedOnce<Answer>(
  { store: { db }, past, signal, lane }: EvidenceDeps,
  runId: string,
  question: string,
  request: (options: RequestOptions) => Promise<Answer>,
): Promise<Answer | undefined> {
  const source = past.name;
  const known = await knownAnswer(db, source, question);
  if (known !== undefined) return known as Answer;
  const answer = await inquire({ db, source, runId, counts: 'lookups', signal, lane }, request);
  if (answer instanceof ProviderError) return undefined;
  await keepAnswer(db, source, question, answer);
  return answer;
}

async function sessionsWithBars(
  series: SeriesProvider,
  ticker: string,
  range: DateRange,
  options: RequestOptions,
): Promise<readonly SessionDate[]> {
  const { bars } = await series.series(ticker, { interval: '1d', range }, options);
  return Array.from(bars.day, dateOfDayNumber);
}

/** What a person has said stands anyway. */
function settledFrom(terms: readonly TickerTerm[], { from, to }: DateRange): SettledBorder | null {
  const found = terms.flatMap((term) => {
    const { from: first, fromBy: by } = term;
    return by === 'bars' || by === 'lookup' ? [{ first, by }] : [];
  });
  const [one, other] = found.filter(({ first }) => first >= from && first <= to);
  return one === undefined || other !== undefined ? null : one;
}

function latestTo(ticker: string, changes: readonly TickerChange[]): SessionDate | null {
  const dates = changes.flatMap((change) => (change.ticker === ticker ? [change.date] : []));
  return dates.sort().at(-1) ?? null;
}
