import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { answerMarket } from './endpoints/market-endpoints.ts';
import { isPolygon, readMarketRequest } from './endpoints/market-request.ts';
import { createFaultPicker, type FaultHit } from './faults/fault-rules.ts';
import { parseFaultScript, type FaultScript } from './faults/fault-script.ts';
import { faultyAnswer } from './faults/faulty-answer.ts';
import type { Answer } from './http/answer.ts';
import { createMarketViews } from './market-views.ts';
import type { MarketSource } from './market/market-source.ts';
import type { ScriptedLife } from './market/scripted-life.ts';
import type { ScriptedAction } from './market/scripted-actions.ts';
import { keyRefusal } from './polygon/key-refusal.ts';
import { errorAnswer, notFound } from './polygon/polygon-errors.ts';
import type { LoggedRequest } from './request-log.ts';

export interface SimulatedMarketOptions {
  readonly source: MarketSource;
  readonly faults?: FaultScript;
  /** Beside those of the source; what is visible of them follows from the market's clock. */
  readonly actions?: readonly ScriptedAction[];
  /** How companies of the source came by their tickers; each other one bears what the source calls it. */
  readonly lives?: readonly ScriptedLife[];
  /** When set, any other key is refused. */
  readonly apiKey?: string;
  /** The market's clock: sessions that close later have no bars yet, and the `Date` header is its time. */
  readonly now?: () => Date;
  /** The largest page whatever the client asks for. */
  readonly pageLimit?: number;
}

/** An answer with what the log and the sending need to know of it. */
interface MarketAnswer {
  readonly answer: Answer;
  readonly hits: readonly FaultHit[];
  readonly endpoint: LoggedRequest['endpoint'];
  /** The `Date` header. */
  readonly date: string;
}

/**
 * The market behind the server: requests in, answers out; Polygon's keys are checked before faults befall. Throws
 * `BadFaultScript`, `BadScriptedAction` and `BadScriptedLife`.
 */
export function createSimulatedMarket(options: SimulatedMarketOptions) {
  const { apiKey, now = () => new Date(), pageLimit = Infinity } = options;
  const views = createMarketViews(options);
  const nextRequestId = createRequestIds();
  let pickFaults = createFaultPicker(parseFaultScript(options.faults ?? []));

  return {
    /** Replaces the fault script; throws `BadFaultScript`. */
    setFaults: (script: unknown): void => {
      pickFaults = createFaultPicker(parseFaultScript(script));
    },

    answer(incoming: IncomingMessage, url: URL | null): MarketAnswer {
      const requestId = nextRequestId();
      const at = now();
      const date = at.toUTCString();
      const request = url === null || incoming.method !== 'GET' ? null : readMarketRequest(url);
      if (url === null || request === null) {
        return { answer: notFound(requestId, 'page not found'), hits: [], endpoint: 'unknown', date };
      }
      const { endpoint } = request;
      const refused = isPolygon(request)
        ? keyRefusal(incoming.headers.authorization, apiKey, requestId)
        : null;
      if (refused !== null) return { answer: refused, hits: [], endpoint, date };
      const hits = pickFaults(request);
      const { cookie: cookies = '' } = incoming.headers;
      const view = isPolygon(request) ? views.polygon(at.getTime()) : views.yahoo(at.getTime());
      const context = { ...view, pageLimit, origin: url.origin, requestId, cookies };
      const answer = guarded(requestId, () =>
        faultyAnswer(() => answerMarket(request, context), hits, request, context),
      );
      return { answer, hits, endpoint, date };
    },
  };
}

/** A bug of the simulator is an answer 500 that says so, not the end of the process. */
function guarded(requestId: string, answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    return errorAnswer(500, requestId, `simulated market: ${String(error)}`);
  }
}

/** 32 hexadecimal digits like the provider's, never one twice. */
function createRequestIds(): () => string {
  const prefix = randomBytes(10).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    return prefix + count.toString(16).padStart(12, '0');
  };
}
