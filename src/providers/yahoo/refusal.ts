import {
  ProviderUnavailable,
  RateLimited,
  RequestRefused,
  SymbolNotFound,
} from '../../domain/provider-errors.ts';
import type { Reply } from '../http-exchange.ts';
import { retryAfterMs } from '../retry-after.ts';
import { StaleSession } from './stale-session.ts';
import { refusalAnswer, resultAnswer } from './wire.ts';

/**
 * What an answer to a question about a symbol stands for: the parsed body, or null where Yahoo knows the symbol and
 * has nothing for what was asked. Throws a `ProviderError` or `StaleSession`. The texts are our own: Yahoo's may
 * repeat what it was sent.
 */
export function readAnswer(reply: Reply, symbol: string): unknown {
  refuseUnserved(reply);
  const body = parsed(reply.text);
  if (body === undefined)
    throw new ProviderUnavailable(`${reply.status}: HTML or a cut body in place of JSON`);
  const refusal = errorIn(body);
  const isOk = reply.status >= 200 && reply.status < 300;
  if (refusal === null && isOk && isNull(body))
    throw new ProviderUnavailable(`${reply.status}: neither a result nor an error`);
  if (refusal === null && isOk) return body;
  if (refusal !== null && isNothing(refusal)) return null;
  throw refused(reply.status, refusal, symbol);
}

/** An answer on the way to a session: redirects and pages are for the library to read. */
export function requireSessionStep(reply: Reply, path: string): void {
  if (reply.status >= 300 && reply.status < 400) return;
  refuseUnserved(reply);
  if (reply.status >= 400) throw new ProviderUnavailable(`${reply.status}: no session with the provider`);
  if (path.endsWith('/getcrumb')) requireCrumb(reply.text);
}

/** Throttling may come with a 200 here, and the library would take its text for a crumb. */
function requireCrumb(text: string): void {
  if (/too many requests/i.test(text)) throw new RateLimited('too many requests, in place of a crumb', null);
  if (!/^[^\s<{]+$/.test(text)) throw new StaleSession('no crumb in place of one');
}

/** What the status tells without a look at the body. */
function refuseUnserved(reply: Reply): void {
  const { status } = reply;
  if (status === 429) throw new RateLimited('429: too many requests', retryAfterMs(reply));
  if (status === 401) throw new StaleSession('401: the session is refused');
  if (status >= 500 || status === 408) throw new ProviderUnavailable(`${status}: the provider fails`);
  if (status === 403) throw new ProviderUnavailable('403: not served from here at present');
  if (status >= 300 && status < 400) throw new ProviderUnavailable(`${status}: a redirect, not followed`);
}

interface Refusal {
  /** The one key of the answer: `chart`, `quoteSummary`, or `finance` for what belongs to no endpoint. */
  readonly root: string;
  readonly code: string;
  readonly said: string;
}

function errorIn(body: unknown): Refusal | null {
  for (const [root, content] of Object.entries(refusalAnswer.safeParse(body).data ?? {})) {
    const { code, description } = content?.error ?? {};
    if (content?.error) return { root, code: code ?? '', said: description ?? '' };
  }
  return null;
}

/** Seen of an endpoint in trouble, which says what is wrong where something is. */
function isNull(body: unknown): boolean {
  const contents = Object.values(resultAnswer.safeParse(body).data ?? {});
  return contents.some((content) => content?.result === null);
}

/** The symbol exists: it was listed after the range, or is of a kind that has no fundamentals. */
function isNothing({ said }: Refusal): boolean {
  return /^(Data doesn't exist for startDate|No fundamentals data found)/i.test(said);
}

function refused(status: number, refusal: Refusal | null, symbol: string): Error {
  const { root = '', code = '', said = '' } = refusal ?? {};
  if (code === 'Unauthorized' || /invalid (crumb|cookie)/i.test(said))
    return new StaleSession(`${status}: the session is refused`);
  // A wrong address is not found either, but under another key: only an endpoint's own word counts.
  if (code === 'Not Found' && root !== 'finance') return new SymbolNotFound(symbol);
  if (/not available for startTime|requested range/i.test(said))
    return new RequestRefused(`${status}: the range goes further back than the provider keeps this interval`);
  return new RequestRefused(`${status}: the provider refuses the request`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
