import YahooFinance from 'yahoo-finance2';
import { ExtendedCookieJar } from 'yahoo-finance2/lib/cookieJar';
import { ProviderError, ProviderUnavailable } from '../../domain/provider-errors.ts';
import type { RequestOptions } from '../provider.ts';
import { Question, type YahooAccess, type RawAnswer } from './http.ts';
import { StaleSession } from './stale-session.ts';

export type Client = InstanceType<typeof YahooFinance>;

/** How the library is asked; what it makes of the answer is not used. */
export type Ask = (client: Client, moduleOptions: ModuleOptions) => Promise<unknown>;

export interface ModuleOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly validateResult: false;
}

/** An answer, and the HTTP requests that it took, those for the session included. */
export interface CountedAnswer extends RawAnswer {
  readonly requests: number;
}

/** So many others may fail while one waits for what they fetch. */
const mostTries = 10;

const silent = () => undefined;

/** A client with a cookie jar of its own: all others share one, and a crumb is never renewed in it. */
function createClient(): Client {
  return new YahooFinance({
    cookieJar: new ExtendedCookieJar(),
    // Pacing is ours, and waiting in the library's queue would not hear a cancellation.
    queue: { concurrency: Number.POSITIVE_INFINITY },
    versionCheck: false,
    suppressNotices: ['yahooSurvey', 'ripHistorical'],
    validation: { logErrors: false, logOptionsErrors: false },
    logger: { info: silent, warn: silent, error: silent, debug: silent, dir: silent },
  });
}

/** Cookies and crumb with Yahoo; a session that is refused is replaced once a question. */
export class CookieSession {
  private readonly deps: YahooAccess;
  private client = createClient();

  constructor(deps: YahooAccess) {
    this.deps = deps;
  }

  /** The raw answer. Throws a `ProviderError`, or what the caller's pacing or cancellation threw. */
  async ask(symbol: string, ask: Ask, options: RequestOptions): Promise<CountedAnswer> {
    let requests = 0;
    const onRequest = () => {
      requests += 1;
      options.onRequest?.();
    };
    const answer = await this.askRenewing(symbol, ask, { ...options, onRequest });
    return { ...answer, requests };
  }

  /** Asks once more with a fresh session where this one is refused. */
  private async askRenewing(symbol: string, ask: Ask, options: RequestOptions): Promise<RawAnswer> {
    const used = this.client;
    try {
      return await this.put(used, new Question(this.deps, symbol, options), ask);
    } catch (error) {
      if (!(error instanceof StaleSession)) throw error;
    }
    if (this.client === used) this.client = createClient();
    try {
      return await this.put(this.client, new Question(this.deps, symbol, options), ask);
    } catch (error) {
      if (!(error instanceof StaleSession)) throw error;
      throw new ProviderUnavailable('the provider refuses a fresh session too');
    }
  }

  private async put(client: Client, question: Question, ask: Ask): Promise<RawAnswer> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      try {
        await ask(client, { fetch: question.fetch, validateResult: false });
        if (question.answer === null) throw new ProviderUnavailable('the provider was not asked');
        return question.answer;
      } catch (error) {
        if (question.failure !== null) throw question.failure.error;
        // The crumb is fetched once for all that wait for it: another question's failure may be ours.
        if (error instanceof ProviderError || error instanceof StaleSession) throw error;
        // That another one has lost patience, or was cancelled, is its own business.
      }
    }
    throw new ProviderUnavailable('no session with the provider');
  }
}
