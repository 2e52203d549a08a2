import { YahooRefusal, yahooError } from './yahoo-errors.ts';
import type { YahooRequest } from './yahoo-request.ts';

/** What is asked of a chart; the period is open at its end, epoch milliseconds. */
export interface ChartQuery {
  readonly interval: 'day' | 'hour';
  /** As the client wrote it, and as the answer repeats it. */
  readonly granularity: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly includePrePost: boolean;
  readonly events: ReadonlySet<string>;
}

const intervals: Readonly<Record<string, ChartQuery['interval']>> = {
  '1d': 'day',
  '1h': 'hour',
  '60m': 'hour',
};
const hourlyDays = 730;
const dayMs = 86_400_000;

/** Throws `YahooRefusal`: 400 for a period that is none, 422 for an interval it does not have, or not that far back. */
export function readChartQuery({ query }: YahooRequest, nowMs: number): ChartQuery {
  const granularity = query.get('interval') ?? '1d';
  const interval = intervals[granularity];
  if (interval === undefined) {
    throw unprocessable(
      `Invalid input - interval=${granularity} is not supported. Valid intervals: [60m, 1h, 1d]`,
    );
  }
  const from = secondsOf(query, 'period1') ?? refuse('Invalid input - period1 is missing');
  const to = secondsOf(query, 'period2') ?? Math.ceil(nowMs / 1000);
  if (from > to) {
    refuse(`Invalid input - start date cannot be after end date. startDate = ${from}, endDate = ${to}`);
  }
  if (interval === 'hour' && from * 1000 < nowMs - hourlyDays * dayMs) {
    throw unprocessable(
      `${granularity} data not available for startTime=${from} and endTime=${to}. The requested range must be within the last ${hourlyDays} days.`,
    );
  }
  return {
    interval,
    granularity,
    fromMs: from * 1000,
    toMs: to * 1000,
    includePrePost: query.get('includePrePost') === 'true',
    events: new Set((query.get('events') ?? '').split(/[|,]/)),
  };
}

function secondsOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  return /^-?\d{1,11}$/.test(text) ? Number(text) : refuse(`Invalid input - ${name} is no number`);
}

/** Always throws. */
export function refuse(description: string): never {
  throw new YahooRefusal(yahooError('chart', 400, 'Bad Request', description));
}

function unprocessable(description: string): YahooRefusal {
  return new YahooRefusal(yahooError('chart', 422, 'Unprocessable Entity', description));
}
