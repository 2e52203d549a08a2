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

/** The questions that are asked, each with the beginning of its path. */
const questions: readonly (readonly [string, string])[] = [
  ['/v8/finance/chart/', 'chart'],
  ['/v10/finance/quoteSummary/', 'key-statistics'],
  ['/ws/fundamentals-timeseries/', 'statements'],
];

/** What kind of question a path asks; null: it asks none, and prepares for one. */
function questionOf({ pathname }: URL): string | null {
  return questions.find(([path]) => pathname.startsWith(path))?.[1] ?? null;
}

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
    const question = questionOf(address);
    const isPreparation = question === null;
    const read = (reply: Reply) =>
      isPreparation ? sessionStep(reply, address.pathname) : this.answered(reply);
    const asked = { provider: 'yahoo', endpoint: question ?? 'session' } as const;
    return exchange(this.deps, { ...asked, url, init, read, isPreparation }, this.options);
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
