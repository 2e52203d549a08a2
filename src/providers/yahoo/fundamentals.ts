import type { RejectedRecord } from '../../domain/rejected-record.ts';
import type { FundamentalStatement, RequestOptions, Statements } from '../provider.ts';
import type { Frequency, StatementKind, StatisticsModule, YahooStatistics } from './answers.ts';
import type { CookieSession, CountedAnswer } from './cookie-session.ts';
import { daysBefore } from './days-before.ts';
import { parseStatements, parseStatistics } from './parse-fundamentals.ts';
import { yahooSymbol } from './symbols.ts';

interface FundamentalsDeps {
  readonly session: CookieSession;
  readonly now: () => Date;
}

/** Yahoo keeps about five years of statements. */
const statementDays = 10 * 366;

/** The library's names. */
const libraryModules: Readonly<Record<StatementKind, string>> = {
  financials: 'financials',
  balance_sheet: 'balance-sheet',
  cash_flow: 'cash-flow',
};
const statementKinds: readonly StatementKind[] = ['financials', 'balance_sheet', 'cash_flow'];
const frequencies: readonly Frequency[] = ['annual', 'quarterly', 'trailing'];
const statisticsModules: readonly StatisticsModule[] = [
  'defaultKeyStatistics',
  'financialData',
  'summaryDetail',
];

/** A symbol's statements of every kind and frequency, each asked for by itself. Throws a `ProviderError`. */
export async function yahooStatements(
  deps: FundamentalsDeps,
  symbol: string,
  options: RequestOptions,
): Promise<Statements> {
  const written = yahooSymbol(symbol);
  const statements: FundamentalStatement[] = [];
  const rejected: RejectedRecord[] = [];
  let requests = 0;
  let observedAt = '';
  for (const statement of statementKinds) {
    for (const frequency of frequencies) {
      const answer = await askStatements(deps, { symbol, written, statement, frequency }, options);
      const parsed = parseStatements(answer.body, { statement, frequency, written });
      statements.push(...parsed.statements);
      rejected.push(...parsed.rejected);
      requests += answer.requests;
      observedAt = answer.observedAt;
    }
  }
  return { statements, rejected, requests, observedAt };
}

/** A symbol's key statistics. Throws a `ProviderError`. */
export async function yahooStatistics(
  { session }: FundamentalsDeps,
  symbol: string,
  options: RequestOptions,
): Promise<YahooStatistics> {
  const written = encodeURIComponent(yahooSymbol(symbol));
  const query = { modules: [...statisticsModules] };
  const { body, requests, observedAt } = await session.ask(
    symbol,
    (client, module) => client.quoteSummary(written, query, module),
    options,
  );
  return { modules: parseStatistics(body), requests, observedAt };
}

interface StatementsQuestion {
  readonly symbol: string;
  /** As Yahoo writes it. */
  readonly written: string;
  readonly statement: StatementKind;
  readonly frequency: Frequency;
}

function askStatements(
  { session, now }: FundamentalsDeps,
  { symbol, written, statement, frequency }: StatementsQuestion,
  options: RequestOptions,
): Promise<CountedAnswer> {
  const period = { period1: daysBefore(now(), statementDays), period2: now() };
  const query = { ...period, type: frequency, module: libraryModules[statement] };
  return session.ask(
    symbol,
    (client, module) => client.fundamentalsTimeSeries(encodeURIComponent(written), query, module),
    options,
  );
}
