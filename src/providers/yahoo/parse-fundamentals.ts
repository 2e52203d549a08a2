import { MalformedResponse } from '../../domain/provider-errors.ts';
import type { FundamentalStatement } from '../provider.ts';
import type { Frequency, StatementKind, YahooStatistics } from './answers.ts';
import { isoCurrency } from './iso-currency.ts';
import { conform, reportedValues, statistic, summaryAnswer, timeseriesAnswer } from './wire.ts';

interface Asked {
  readonly statement: StatementKind;
  readonly frequency: Frequency;
  /** The symbol as Yahoo writes it. */
  readonly written: string;
}

/** The statements of one answer, oldest first. Throws `MalformedResponse`. */
export function parseStatements(body: unknown, asked: Asked): FundamentalStatement[] {
  const { statement, frequency, written } = asked;
  const statements = new Map<string, FundamentalStatement & { values: Record<string, number> }>();
  if (body === null) return [];
  for (const element of conform(timeseriesAnswer, body).timeseries.result) {
    const { symbol, type } = element.meta;
    if (symbol[0] !== written)
      throw new MalformedResponse(`asked for ${written}, the answer is for another symbol`);
    if (!type[0].startsWith(frequency))
      throw new MalformedResponse(`asked for ${frequency} values, the answer has others`);
    for (const value of conform(reportedValues, element[type[0]] ?? [])) {
      const raw = value?.reportedValue?.raw;
      if (value === null || raw === null || raw === undefined) continue;
      const [periodEnd, currency] = [value.asOfDate, isoCurrency(value.currencyCode)];
      const key = `${periodEnd} ${currency ?? ''}`;
      const kept = statements.get(key) ?? { statement, frequency, periodEnd, currency, values: {} };
      kept.values[valueName(type[0].slice(frequency.length))] = raw;
      statements.set(key, kept);
    }
  }
  return [...statements.keys()].sort().flatMap((key) => statements.get(key) ?? []);
}

/** `TotalRevenue` is totalRevenue; what is all capitals, such as EBITDA, stays. */
function valueName(name: string): string {
  return name === name.toUpperCase() ? name : `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

/** Key statistics by module. Throws `MalformedResponse`. */
export function parseStatistics(body: unknown): YahooStatistics['modules'] {
  const [modules] = body === null ? [{}] : conform(summaryAnswer, body).quoteSummary.result;
  const { defaultKeyStatistics, financialData, summaryDetail } = modules;
  return {
    defaultKeyStatistics: unwrapped(defaultKeyStatistics),
    financialData: unwrapped(financialData),
    summaryDetail: unwrapped(summaryDetail),
  };
}

/** Numbers, text and nothing; flags and lists are left out. */
function unwrapped(module: Readonly<Record<string, unknown>> | null | undefined) {
  const values: Record<string, number | string | null> = {};
  for (const [name, value] of Object.entries(module ?? {})) {
    const parsed = statistic.safeParse(value);
    if (parsed.success) values[name] = parsed.data;
  }
  return values;
}
