import type { Endpoint } from './endpoints/market-request.ts';

/** One request as an outside witness saw it; it never holds a key. */
export interface LoggedRequest {
  readonly method: string;
  readonly endpoint: Endpoint | 'unknown';
  /** Path and query as received. */
  readonly path: string;
  readonly hasAuthorization: boolean;
  /** Epoch milliseconds of the real clock, whatever the market's clock says. */
  readonly receivedAt: number;
  /** The status answered, or begun to be answered. */
  readonly status: number;
  /** The kinds of the faults that befell it, joined by `+`. */
  readonly fault: string | null;
}

/** The log as `GET /simulator/requests` returns it. */
export interface RequestLogReport {
  /** All requests since the start or the last clearing, also those the log holds no longer. */
  readonly total: number;
  readonly byEndpoint: Readonly<Record<string, number>>;
  /** The last ones, oldest first. */
  readonly requests: readonly LoggedRequest[];
}

/** Keeps the last requests, 100,000 by default, and counts them all. */
export function createRequestLog(capacity = 100_000) {
  let kept: LoggedRequest[] = [];
  let total = 0;
  let counts = new Map<string, number>();

  function list(): readonly LoggedRequest[] {
    const oldest = total % capacity;
    return total <= capacity ? kept.slice() : [...kept.slice(oldest), ...kept.slice(0, oldest)];
  }

  return {
    add(request: LoggedRequest): void {
      kept[total % capacity] = { ...request, path: withoutKey(request.path) };
      total += 1;
      counts.set(request.endpoint, (counts.get(request.endpoint) ?? 0) + 1);
    },
    list,
    report: (): RequestLogReport => ({ total, byEndpoint: Object.fromEntries(counts), requests: list() }),
    clear(): void {
      kept = [];
      total = 0;
      counts = new Map();
    },
  };
}

export type RequestLog = ReturnType<typeof createRequestLog>;

/** A key or a crumb in the query is not written down. */
function withoutKey(path: string): string {
  return path.includes('?') ? path.replace(/([?&](?:apikey|crumb)=)[^&]*/gi, '$1REDACTED') : path;
}
