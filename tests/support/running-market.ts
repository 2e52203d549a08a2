import { onTestFinished } from 'vitest';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import { startSimulator, type SimulatorOptions } from '../../src/simulator/server.ts';
import { weekdayCalendar } from './weekday-calendar.ts';

export const calendar = weekdayCalendar(['2024-01-01', '2024-07-04']);
/** A Wednesday evening. */
const evening = new Date('2024-07-10T21:00:00Z');
export const source = generatedMarket({ symbols: 500, seed: 1, calendar });

export interface Row {
  readonly T?: string;
  readonly v: number;
  readonly vw?: number;
  readonly o: number;
  readonly c: number;
  readonly h: number;
  readonly l: number;
  readonly t: number;
  readonly n?: number;
}

export interface BarsBody {
  readonly ticker?: string;
  readonly queryCount: number;
  readonly resultsCount: number;
  readonly adjusted: boolean;
  readonly results?: readonly Row[];
  readonly status: string;
  readonly request_id: string;
  readonly count: number;
  readonly next_url?: string;
}

export interface TickersBody {
  readonly results: readonly Record<string, unknown>[];
  readonly status: string;
  readonly count: number;
  readonly next_url?: string;
}

/** A simulated market that ends with the test, and a client with a key. */
export async function runningMarket(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({ source, now: () => evening, ...options });
  onTestFinished(() => simulator.close());

  const request = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, simulator.url), { headers: { authorization: 'Bearer key' }, ...init });

  async function get<Body = BarsBody>(path: string): Promise<Body> {
    const response = await request(path);
    return (await response.json()) as Body;
  }

  return { simulator, request, get };
}

export const series = (symbol: string, from: string, to: string, query = '') =>
  `/v2/aggs/ticker/${symbol}/range/1/day/${from}/${to}${query}`;
export const marketDay = (session: string, query = '') =>
  `/v2/aggs/grouped/locale/us/market/stocks/${session}${query}`;

/** Every page of a list, at most 100 of them. */
export async function pagesFrom<Body extends { readonly next_url?: string }>(
  get: (path: string) => Promise<Body>,
  path: string,
): Promise<readonly Body[]> {
  const pages: Body[] = [];
  for (let next: string | undefined = path; next !== undefined && pages.length < 100;) {
    const page: Body = await get(next);
    pages.push(page);
    next = page.next_url;
  }
  return pages;
}
