import type { z } from 'zod';
import { MalformedResponse } from '../../domain/provider-errors.ts';
import { wrongIn, type RejectedRecord } from '../../domain/rejected-record.ts';
import type { SessionDate } from '../../domain/session.ts';
import { isStorable } from '../../domain/storable-text.ts';
import { requireBelieved } from '../believed.ts';
import type { FundamentalStatement } from '../provider.ts';
import type { Frequency, StatementKind, YahooStatistics } from './answers.ts';
import { isoCurrency } from './iso-currency.ts';
import {
  conform,
  reportedValue,
  reportedValues,
  statistic,
  summaryAnswer,
  timeseriesAnswer,
  timeseriesElement,
} from './wire.ts';

interface Asked {
  readonly statement: StatementKind;
  readonly frequency: Frequency;
  /** The symbol as Yahoo writes it. */
  readonly written: string;
}

interface ParsedStatements {
  /** Oldest first. */
  readonly statements: readonly FundamentalStatement[];
  readonly rejected: readonly RejectedRecord[];
}

/** The statements of one answer, each value by itself. Throws `MalformedResponse` or `DoubtedResponse`. */
export function parseStatements(body: unknown, asked: Asked): ParsedStatements {
  const { statement, frequency } = asked;
  const statements = new Map<string, FundamentalStatement & { values: Record<string, number> }>();
  const { values, rejected } = body === null ? { values: [], rejected: [] } : valuesOf(body, asked);
  for (const { name, periodEnd, currency, raw } of values) {
    const key = `${periodEnd} ${currency ?? ''}`;
    const kept = statements.get(key) ?? { statement, frequency, periodEnd, currency, values: {} };
    kept.values[name] = raw;
    statements.set(key, kept);
  }
  return {
    statements: [...statements.keys()].sort().flatMap((key) => statements.get(key) ?? []),
    rejected,
  };
}

interface StatedValue {
  readonly name: string;
  readonly periodEnd: SessionDate;
  readonly currency: string | null;
  readonly raw: number;
}

function valuesOf(body: unknown, { written, frequency }: Asked) {
  const values: StatedValue[] = [];
  const rejected: RejectedRecord[] = [];
  let count = 0;
  const reject = (record: unknown, field: string) => {
    rejected.push({ symbol: written, session: null, field, wrong: wrongIn(record, field), record });
  };
  for (const told of conform(timeseriesAnswer, body).timeseries.result) {
    const { data: element, error } = timeseriesElement.safeParse(told);
    count += 1;
    if (error !== undefined) {
      reject(told, String(error.issues[0]?.path[0] ?? ''));
      continue;
    }
    const type = requireAsked(element.meta, { written, frequency });
    for (const record of conform(reportedValues, element[type] ?? [])) {
      const { data: value, error: wrong } = reportedValue.safeParse(record);
      count += 1;
      if (wrong !== undefined) reject(record, String(wrong.issues[0]?.path[0] ?? ''));
      const raw = value?.reportedValue?.raw;
      if (value == null || raw == null) continue;
      const [periodEnd, currency] = [value.asOfDate, isoCurrency(value.currencyCode)];
      values.push({ name: valueName(type.slice(frequency.length)), periodEnd, currency, raw });
    }
  }
  requireBelieved(rejected.length, count, rejected);
  return { values, rejected };
}

/** The type of an element's values. Throws `MalformedResponse` where it is of another symbol or frequency. */
function requireAsked(
  { symbol, type }: z.infer<typeof timeseriesElement>['meta'],
  { written, frequency }: Pick<Asked, 'written' | 'frequency'>,
): string {
  if (symbol[0] !== written)
    throw new MalformedResponse(`asked for ${written}, the answer is for another symbol`);
  if (!type[0].startsWith(frequency))
    throw new MalformedResponse(`asked for ${frequency} values, the answer has others`);
  return type[0];
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
    if (parsed.success && isStorable(name)) values[name] = parsed.data;
  }
  return values;
}
