import type { RequestOptions } from '../provider.ts';
import { exchange, type ExchangeDeps, type Reply } from '../http-exchange.ts';
import { destination } from './hosts.ts';
import { readAnswer, requireSessionStep } from './refusal.ts';

/** How Yahoo is reached. */
export interface YahooAccess extends ExchangeDeps {
  /** Stands for all of Yahoo's hosts; null, or one of them: those themselves. */
  readonly baseUrl: string | null;
}

export interface RawAnswer {
  /** As Yahoo sent it; null: it has nothing for what was asked. */
  readonly body: unknown;
  readonly observedAt: string;
}

const questions = /^\/(v8\/finance\/chart|v10\/finance\/quoteSummary|ws\/fundamentals-timeseries)\//;

/** An empty answer of every endpoint: the library's own reading drops zeros, coerces, and prints to the console. */
const blank = JSON.stringify({
  chart: { result: [{ meta: {}, indicators: { quote: [{}] } }] },
  timeseries: { result: [] },
  quoteSummary: { result: [{}] },
});

/**
 * One question put through the library. Its `fetch` paces, rewrites and bounds every request, throws on what is no
 * answer, and keeps the raw answer; the library supplies addresses, cookies and the crumb, and never sees an error.
 */
export class Question {
  answer: RawAnswer | null = null;
  /** What `fetch` threw first, whatever the library makes of it. */
  failure: { readonly error: unknown } | null = null;
  private readonly deps: YahooAccess;
  private readonly symbol: string;
  private readonly options: RequestOptions;

  constructor(deps: YahooAccess, symbol: string, options: RequestOptions) {
    this.deps = deps;
    this.symbol = symbol;
    this.options = options;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    try {
      return await this.request(new URL(input instanceof Request ? input.url : input), init);
    } catch (error) {
      this.failure ??= { error };
      throw error;
    }
  };

  private async request(address: URL, { method, headers, body }: RequestInit): Promise<Response> {
    const url = destination(address, this.deps.baseUrl);
    const init = {
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    };
    const isPreparation = !questions.test(address.pathname);
    const read = (reply: Reply) =>
      isPreparation ? sessionStep(reply, address.pathname) : this.answered(reply);
    return exchange(this.deps, { url, init, read, isPreparation }, this.options);
  }

  private answered(reply: Reply): Response {
    this.answer = { body: readAnswer(reply, this.symbol), observedAt: reply.observedAt };
    return new Response(blank, { headers: reply.headers });
  }
}

function sessionStep(reply: Reply, path: string): Response {
  requireSessionStep(reply, path);
  return new Response(reply.text === '' ? null : reply.text, reply);
}
