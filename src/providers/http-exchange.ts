import { ProviderUnavailable, ResponseTimedOut, ResponseTooLarge } from '../domain/provider-errors.ts';
import type { RequestOptions } from './provider.ts';

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** ISO 8601, by the provider's clock where it tells. */
  readonly observedAt: string;
}

export interface ExchangeDeps {
  /** Awaited before each request: where pacing lives. */
  readonly beforeRequest: (turn: Pick<RequestOptions, 'signal' | 'patienceMs'>) => Promise<void>;
  readonly fetch: typeof fetch;
  /** For the whole answer, body included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly now: () => Date;
}

/** One HTTP request in its turn, no redirect followed. Throws a `ProviderError`; a cancellation by the caller is thrown on as it is. */
export async function exchange(
  deps: ExchangeDeps,
  { url, init }: { readonly url: URL; readonly init: RequestInit },
  { onRequest, ...turn }: RequestOptions,
): Promise<Reply> {
  await deps.beforeRequest(turn);
  onRequest?.();
  const { signal } = turn;
  const timeout = AbortSignal.timeout(deps.timeoutMs);
  try {
    const response = await deps.fetch(url, {
      ...init,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const { status, headers } = response;
    const observedAt = observationTime(headers, deps.now);
    return { status, headers, observedAt, text: await readText(response, deps.maxBytes) };
  } catch (error) {
    if (error instanceof ResponseTooLarge || signal?.aborted) throw error;
    if (timeout.aborted) throw new ResponseTimedOut(`no complete answer within ${deps.timeoutMs} ms`);
    throw new ProviderUnavailable(`no complete answer from ${url.host}: ${networkReason(error)}`);
  }
}

/** How long a provider asks to wait, in its `Retry-After`; null where it names no time. */
export function retryAfterMs({ headers, observedAt }: Pick<Reply, 'headers' | 'observedAt'>): number | null {
  const wish = headers.get('retry-after');
  if (wish === null) return null;
  if (/^\d+$/.test(wish.trim())) return Number(wish) * 1000;
  const instant = Date.parse(wish);
  return Number.isNaN(instant) ? null : Math.max(0, instant - Date.parse(observedAt));
}

function observationTime(headers: Headers, now: () => Date): string {
  const told = new Date(headers.get('date') ?? NaN);
  return (Number.isNaN(told.getTime()) ? now() : told).toISOString();
}

/** The code of the innermost cause: messages may repeat a header, and fetch itself says no more than "fetch failed". */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.cause instanceof Error) return networkReason(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const tooLarge = () => new ResponseTooLarge(`more than ${maxBytes} bytes`);
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await response.body?.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const [only] = chunks;
  // Most answers are one chunk: those are not copied.
  const whole = chunks.length === 1 && only !== undefined ? asBuffer(only) : Buffer.concat(chunks, bytes);
  return whole.toString('utf8');
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
