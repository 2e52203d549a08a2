import type { z } from 'zod';
import {
  BrokenPaging,
  MalformedResponse,
  ProviderUnavailable,
  ResponseTimedOut,
  ResponseTooLarge,
  Unauthorized,
} from '../errors.ts';
import type { RequestOptions } from '../provider.ts';
import { refusal, type Asked } from './refusal.ts';
import { envelope } from './wire.ts';

export interface HttpDeps {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: typeof fetch;
  /** Awaited before each request: where pacing lives. */
  readonly beforeRequest: (turn: Pick<RequestOptions, 'signal' | 'patienceMs'>) => Promise<void>;
  /** For the whole answer, body included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly now: () => Date;
}

export interface Answer<T> {
  readonly body: T;
  /** ISO 8601, by the provider's clock where it tells. */
  readonly observedAt: string;
}

/** Asks for one JSON document. Throws a `ProviderError`; a cancellation by the caller is thrown on as it is. */
export async function getJson<T>(
  deps: HttpDeps,
  { url, schema, asked }: { readonly url: URL; readonly schema: z.ZodType<T>; readonly asked: Asked },
  { onRequest, ...turn }: RequestOptions,
): Promise<Answer<T>> {
  requireOwnHost(deps, url);
  const headers = requestHeaders(deps);
  await deps.beforeRequest(turn);
  onRequest?.();
  const { response, text } = await exchange(deps, { url, headers }, turn.signal);
  const observed = new Date(response.headers.get('date') ?? NaN);
  const observedAt = (Number.isNaN(observed.getTime()) ? deps.now() : observed).toISOString();
  const refused = (body: unknown) => refusal(response, body, { asked, observedAt, secret: deps.apiKey });
  if (!response.ok) throw refused(parsed(text));
  const body = parsed(text);
  if (body === undefined) throw new ProviderUnavailable('HTML or a cut body in place of JSON');
  const { status } = envelope.safeParse(body).data ?? {};
  if (status === 'ERROR' || status === 'NOT_AUTHORIZED' || status === 'NOT_FOUND') throw refused(body);
  const result = schema.safeParse(body);
  if (result.success) return { body: result.data, observedAt };
  const places = result.error.issues
    .slice(0, 3)
    .map(({ path }) => (path.length === 0 ? 'the document' : path.join('.')));
  throw new MalformedResponse(`not what the documentation says at ${places.join(', ')}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The key goes to the configured host and to no other. */
function requireOwnHost({ baseUrl }: HttpDeps, url: URL): void {
  if (url.origin !== new URL(baseUrl).origin)
    throw new BrokenPaging(`the next page lies on another host, ${url.host}`);
}

/** A key that no header can carry is refused here: the error of `Headers` would repeat it. */
function requestHeaders({ apiKey }: HttpDeps): Headers {
  if (apiKey === '') throw new Unauthorized('no key is set');
  try {
    return new Headers({ authorization: `Bearer ${apiKey}`, accept: 'application/json' });
  } catch {
    throw new Unauthorized('the key has characters that cannot be sent');
  }
}

async function exchange(
  deps: HttpDeps,
  { url, headers }: { readonly url: URL; readonly headers: Headers },
  signal: AbortSignal | undefined,
): Promise<{ readonly response: Response; readonly text: string }> {
  const timeout = AbortSignal.timeout(deps.timeoutMs);
  try {
    const response = await deps.fetch(url, {
      headers,
      // A redirect could lead the key elsewhere.
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return { response, text: await readText(response, deps.maxBytes) };
  } catch (error) {
    if (error instanceof ResponseTooLarge || signal?.aborted) throw error;
    if (timeout.aborted) throw new ResponseTimedOut(`no complete answer within ${deps.timeoutMs} ms`);
    throw new ProviderUnavailable(`no complete answer from ${url.host}: ${networkReason(error)}`);
  }
}

/** The innermost cause: fetch itself says no more than "fetch failed". */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.cause instanceof Error) return networkReason(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
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
  return Buffer.concat(chunks).toString('utf8');
}
