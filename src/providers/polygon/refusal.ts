import { addDays, type DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import { isFinal } from '../../domain/finality.ts';
import {
  NotEntitled,
  NotYetAvailable,
  ProviderUnavailable,
  RateLimited,
  RequestRefused,
  SymbolNotFound,
  Unauthorized,
  type ProviderError,
} from '../../domain/provider-errors.ts';
import { cutText } from '../../domain/storable-text.ts';
import type { Reply } from '../http-exchange.ts';
import { retryAfterMs } from '../retry-after.ts';
import { envelope } from './wire.ts';

/** What a request was about, as far as its refusal depends on it. */
export interface RequestSubject {
  readonly symbol?: string;
  readonly range?: DateRange;
}

interface Circumstances {
  readonly asked: RequestSubject;
  /** Never to be repeated in a message. */
  readonly secret: string;
}

/** The error that an answer stands for: by its status, and where that says 200, by its body. */
export function refusal(reply: Reply, body: unknown, circumstances: Circumstances): ProviderError {
  const isOk = reply.status >= 200 && reply.status < 300;
  const { status: word, error, message } = envelope.safeParse(body).data ?? {};
  const said = presentable(error ?? message ?? '', circumstances.secret);
  const status = isOk ? statusOfWord(word ?? '', said) : reply.status;
  const text = `${status}${said === '' ? '' : `: ${said}`}`;
  const { symbol, range } = circumstances.asked;
  if (status === 401 || (status === 400 && /api key/i.test(said))) return new Unauthorized(text);
  if (status === 403) return forbidden(text, range, reply.observedAt);
  if (status === 404 && symbol !== undefined) return new SymbolNotFound(symbol);
  if (status === 429) return new RateLimited(text, retryAfterMs(reply));
  if (status >= 500 || status === 408) return new ProviderUnavailable(text);
  if (status >= 300 && status < 400)
    return new RequestRefused(`${status}: a redirect, which is not followed`);
  return new RequestRefused(text);
}

function statusOfWord(word: string, said: string): number {
  if (word === 'NOT_FOUND') return 404;
  if (word === 'NOT_AUTHORIZED') return 403;
  if (/maximum requests/i.test(said)) return 429;
  return /api key/i.test(said) ? 401 : 400;
}

/** How far back a request may begin and still be refused for its youngest session. */
const recentDays = 30;

/**
 * Several sessions, the youngest not final, of which the plan lacks some: it may be the youngest alone. Those before it
 * are asked for then; `verdict` is what the refusal means where that brings nothing.
 */
export class PartlyRefused extends NotEntitled {
  readonly verdict: ProviderError;
  constructor(verdict: ProviderError) {
    super(verdict.message);
    this.verdict = verdict;
  }
}

/** A time frame that the plan lacks: the youngest sessions will come, old ones will not. */
function forbidden(text: string, range: DateRange | undefined, observedAt: string): ProviderError {
  const never = new NotEntitled(text);
  if (range === undefined || !/timeframe|time frame/i.test(text)) return never;
  if (isFinal('polygon', range.to, observedAt)) return never;
  const recent = addDays(exchangeDate(Date.parse(observedAt)), -recentDays);
  const verdict = range.from >= recent ? new NotYetAvailable(text) : never;
  return range.from < range.to ? new PartlyRefused(verdict) : verdict;
}

const longestMessage = 200;

/** The provider's words without control characters and without the key, should it repeat it. */
function presentable(text: string, secret: string): string {
  const clean = text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  // An empty secret would be found between any two letters.
  return cutText(secret === '' ? clean : clean.replaceAll(secret, '***'), longestMessage);
}
