import {
  ProviderError,
  ProviderUnavailable,
  RateLimited,
  ResponseTimedOut,
  ResponseTooLarge,
} from '../domain/provider-errors.ts';
import type { SourceName } from '../domain/source.ts';
import { count, observe } from '../metrics/measuring.ts';
import { madeStep } from '../progress.ts';
import type { BodyRoom } from './body-room.ts';
import type { AnswerHead } from './lean-fetch.ts';
import { observation } from './observation-time.ts';
import type { Permit, RequestEnd, RequestOptions } from './provider.ts';

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** ISO 8601, by the provider's clock where it tells and is believed. */
  readonly observedAt: string;
}

export interface ExchangeDeps {
  /** Awaited before each request: where pacing lives. It may want to hear how the request ends. */
  readonly beforeRequest: (
    turn: Omit<RequestOptions, 'onRequest' | 'onWrongClock'>,
  ) => Promise<Permit> | Promise<void>;
  readonly fetch: (url: URL, init: RequestInit) => Promise<AnswerHead>;
  /** For the whole answer, body included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Where bodies lie while they are read: one for all providers of a process. */
  readonly room: BodyRoom;
  readonly now: () => Date;
}

interface HttpRequest {
  readonly provider: SourceName;
  /** What kind of address it is: never a part that names what is asked. */
  readonly endpoint: string;
  readonly url: URL;
  readonly init: RequestInit;
}

interface Exchange<T> extends HttpRequest {
  /** What the answer says; throws a `ProviderError` where it is a refusal. */
  readonly read: (reply: Reply) => T;
  /** That it is served says nothing of the questions that wait; unset: it does. */
  readonly isPreparation?: boolean;
}

/** One HTTP request in its turn, no redirect followed. Throws a `ProviderError`; a cancellation by the caller is thrown on as it is. */
export async function exchange<T>(
  deps: ExchangeDeps,
  { read, isPreparation = false, ...request }: Exchange<T>,
  { onRequest, onWrongClock, ...turn }: RequestOptions,
): Promise<T> {
  const permit = await deps.beforeRequest(turn);
  onRequest?.();
  madeStep();
  const sentAt = performance.now();
  let end: RequestEnd = 'undecided';
  let failure: unknown = null;
  try {
    const reply = await send(deps, request, turn.signal);
    const { observedAt, unbelieved } = observation(reply, deps.now());
    if (unbelieved !== null) onWrongClock?.(unbelieved);
    const answer = read({ ...reply, observedAt });
    if (!isPreparation) end = 'served';
    return answer;
  } catch (error) {
    end = endOf(error);
    failure = error;
    throw error;
  } finally {
    madeStep();
    counted(request, outcomeOfRequest(failure, turn.signal), performance.now() - sentAt);
    if (permit) await permit.ended(end);
  }
}

function counted({ provider, endpoint }: HttpRequest, outcome: string, tookMs: number): void {
  observe('requestSeconds', tookMs / 1000, { provider, endpoint });
  count('requests', 1, { provider, endpoint, outcome });
}

function outcomeOfRequest(failure: unknown, signal: AbortSignal | undefined): string {
  if (failure === null) return 'ok';
  const isCancelled = signal?.aborted === true && !(failure instanceof ProviderError);
  return failure instanceof Error && !isCancelled ? failure.name : 'cancelled';
}

/** A refusal of one question is an answer; a provider that is down has given none. */
function endOf(error: unknown): RequestEnd {
  if (error instanceof RateLimited) return error;
  const isDown = error instanceof ProviderUnavailable || error instanceof ResponseTimedOut;
  return error instanceof ProviderError && !isDown ? 'served' : 'undecided';
}

async function send(
  deps: ExchangeDeps,
  { url, init }: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<Omit<Reply, 'observedAt'>> {
  // One controller, not signals joined: those cost a fifth of a request.
  const sending = new AbortController();
  const cancel = () => sending.abort(signal?.reason);
  const limit = setTimeout(() => sending.abort(timedOut), deps.timeoutMs);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    signal?.throwIfAborted();
    const answer = await deps.fetch(url, { ...init, redirect: 'manual', signal: sending.signal });
    const { status, headers } = answer;
    return { status, headers, text: await readText(answer, deps, sending.signal) };
  } catch (error) {
    // What is left of the answer is not waited for.
    sending.abort();
    if (error instanceof ResponseTooLarge || signal?.aborted) throw error;
    if (sending.signal.reason === timedOut)
      throw new ResponseTimedOut(`no complete answer within ${deps.timeoutMs} ms`);
    throw new ProviderUnavailable(`no complete answer from ${url.host}: ${networkReason(error)}`);
  } finally {
    clearTimeout(limit);
    signal?.removeEventListener('abort', cancel);
  }
}

const timedOut = new Error('timed out');

/** The code of the innermost cause: messages may repeat a header, and fetch itself says no more than "fetch failed". */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.cause instanceof Error) return networkReason(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

async function readText(
  { headers, body }: AnswerHead,
  { room, maxBytes }: Pick<ExchangeDeps, 'room' | 'maxBytes'>,
  signal: AbortSignal,
): Promise<string> {
  if (Number(headers.get('content-length') ?? 0) > maxBytes)
    throw new ResponseTooLarge(`more than ${maxBytes} bytes`);
  if (body === null) return '';
  const text = (await room.read(body, { maxBytes, signal })).toString('utf8');
  room.requireHoldable(text);
  return text;
}
