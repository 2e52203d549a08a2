import type { Interval } from '../../domain/interval.ts';
import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeInstant } from '../../domain/exchange-time.ts';
import type { InstrumentReference } from '../../domain/instrument.ts';
import type { Session, SessionDate } from '../../domain/session.ts';
import { SymbolNotFound } from '../../domain/provider-errors.ts';
import type { RequestOptions, SeriesProvider, SeriesWish } from '../provider.ts';
import {
  frequencies,
  statementKinds,
  statisticsModules,
  type FundamentalStatement,
  type Fundamentals,
  type KeyStatistics,
  type StatementKind,
  type YahooSeries,
} from './answers.ts';
import type { HttpDeps, RawAnswer } from './http.ts';
import { parseStatements, parseStatistics } from './parse-fundamentals.ts';
import { parseReference, parseSeries } from './parse.ts';
import { YahooSession, type Ask } from './session.ts';
import { yahooSymbol } from './symbols.ts';
import { chartAnswer, conform, granularities, type WireChart } from './wire.ts';

interface Calendar {
  /** The sessions of New York: what is on none of them is no bar. */
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
}

export type YahooDeps = Pick<HttpDeps, 'baseUrl' | 'beforeRequest'> & Calendar & Partial<HttpDeps>;

/** Yahoo Finance: bars adjusted for splits, their events, fundamentals. Every method throws a `ProviderError`. */
export interface YahooProvider extends SeriesProvider {
  series(symbol: string, wish: SeriesWish, options?: RequestOptions): Promise<YahooSeries>;
  /** Null when Yahoo knows no such symbol: also for every delisted one. */
  lookUp(symbol: string, options?: RequestOptions): Promise<InstrumentReference | null>;
  fundamentals(symbol: string, options?: RequestOptions): Promise<Fundamentals>;
  keyStatistics(symbol: string, options?: RequestOptions): Promise<KeyStatistics>;
}

const defaults = {
  fetch: globalThis.fetch,
  timeoutMs: 30_000,
  // Two years of hours are 0.5 MB.
  maxBytes: 16 * 2 ** 20,
  now: () => new Date(),
};

const dayMs = 86_400_000;
/** Long enough that a listed instrument has traded. */
const lookUpDays = 30;
/** Yahoo keeps about five years of statements. */
const statementDays = 10 * 366;

const libraryModules: Readonly<Record<StatementKind, string>> = {
  financials: 'financials',
  balance_sheet: 'balance-sheet',
  cash_flow: 'cash-flow',
};

/** Yahoo Finance through yahoo-finance2. Errors: `providers/errors.ts`. */
export function createYahooProvider(given: YahooDeps): YahooProvider {
  const deps = { ...defaults, ...given };
  const session = new YahooSession(deps);
  const daysAgo = (days: number) => new Date(deps.now().getTime() - days * dayMs);

  return {
    name: 'yahoo',

    async series(symbol, wish, options = {}) {
      const written = yahooSymbol(symbol);
      const { from, to } = wish.range;
      const period = { period1: midnight(from), period2: midnight(addDays(to, 1)) };
      const { chart, requests, observedAt } = await readChart(
        { symbol, written, interval: wish.interval, ...period },
        options,
      );
      const { sessionsBetween } = deps;
      const circumstances = { symbol, written, wish, sessionsBetween, observedAt };
      return { ...parseSeries(chart, circumstances), requests, observedAt };
    },

    async lookUp(symbol, options = {}) {
      const written = yahooSymbol(symbol);
      const period = { period1: daysAgo(lookUpDays), period2: deps.now() };
      try {
        const { chart } = await readChart({ symbol, written, interval: '1d', ...period }, options);
        return chart === null ? null : parseReference(chart, { symbol, written });
      } catch (error) {
        if (error instanceof SymbolNotFound) return null;
        throw error;
      }
    },

    async fundamentals(symbol, options = {}) {
      const written = yahooSymbol(symbol);
      const statements: FundamentalStatement[] = [];
      let requests = 0;
      let observedAt = '';
      for (const statement of statementKinds) {
        for (const frequency of frequencies) {
          const period = { period1: daysAgo(statementDays), period2: deps.now() };
          const query = { ...period, type: frequency, module: libraryModules[statement] };
          const answer = await ask(
            symbol,
            (client, module) => client.fundamentalsTimeSeries(encodeURIComponent(written), query, module),
            options,
          );
          statements.push(...parseStatements(answer.body, { statement, frequency, written }));
          requests += answer.requests;
          observedAt = answer.observedAt;
        }
      }
      return { statements, requests, observedAt };
    },

    async keyStatistics(symbol, options = {}) {
      const written = encodeURIComponent(yahooSymbol(symbol));
      const query = { modules: [...statisticsModules] };
      const answer = await ask(
        symbol,
        (client, module) => client.quoteSummary(written, query, module),
        options,
      );
      const { body, requests, observedAt } = answer;
      return { modules: parseStatistics(body), requests, observedAt };
    },
  };

  async function readChart(
    question: {
      readonly symbol: string;
      readonly written: string;
      readonly interval: Interval;
      readonly period1: Date;
      readonly period2: Date;
    },
    options: RequestOptions,
  ): Promise<{ chart: WireChart | null; requests: number; observedAt: string }> {
    const { symbol, written, interval, period1, period2 } = question;
    const query = { period1, period2, interval: granularities[interval] };
    const { body, ...rest } = await ask(
      symbol,
      (client, module) =>
        client.chart(
          encodeURIComponent(written),
          // As objects, since the library's lists print what does not fit.
          { ...query, includePrePost: false, events: 'div|split|capitalGain', return: 'object' },
          module,
        ),
      options,
    );
    return { chart: body === null ? null : conform(chartAnswer, body).chart.result[0], ...rest };
  }

  async function ask(
    symbol: string,
    question: Ask,
    options: RequestOptions,
  ): Promise<RawAnswer & { readonly requests: number }> {
    let requests = 0;
    const onRequest = () => {
      requests += 1;
      options.onRequest?.();
    };
    const answer = await session.ask(symbol, question, { ...options, onRequest });
    return { ...answer, requests };
  }
}

function midnight(date: SessionDate): Date {
  return new Date(exchangeInstant(date, 0));
}
