import type { DateRange } from '../domain/date-range.ts';
import type { Session } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import type { BodyRoom } from './body-room.ts';
import type { ExchangeDeps } from './http-exchange.ts';
import { createPolygonProvider } from './polygon/client.ts';
import type {
  ActionLists,
  FundamentalsProvider,
  PastReference,
  ReferenceLists,
  SeriesProvider,
  WholeMarket,
} from './provider.ts';
import { createYahooProvider } from './yahoo/client.ts';

/** What a provider is made with. */
export interface ProviderDeps {
  /** Null: its own hosts. */
  readonly baseUrl: string | null;
  /** Empty where none is set or needed. */
  readonly apiKey: string;
  readonly beforeRequest: ExchangeDeps['beforeRequest'];
  readonly sessionsBetween: (range: DateRange) => readonly Session[];
  /** For a whole answer; unset: the provider's own. */
  readonly timeoutMs?: number;
  /** Where bodies lie while they are read; unset: the provider's own. */
  readonly room?: BodyRoom;
  /** Our clock; unset: that of this machine. */
  readonly now?: () => Date;
}

/** A provider by its capabilities, null for one that its declaration in `domain/source.ts` does not name. */
export interface Provider {
  readonly series: SeriesProvider;
  readonly wholeMarket: WholeMarket | null;
  readonly reference: ReferenceLists | null;
  readonly past: PastReference | null;
  readonly actions: ActionLists | null;
  readonly fundamentals: FundamentalsProvider | null;
  /**
   * The least that everything waits after a refusal for too many requests, the first, the second in a row, and so on;
   * what was refused is asked again then. Null: it has failed, and is tried again as other failures are.
   */
  readonly refusalWaitsMs: readonly number[] | null;
}

/** Name to factory: a new provider is a folder, a line here, one in `domain/source.ts`, a flow and its settings. */
export const providers: Readonly<Record<SourceName, (deps: ProviderDeps) => Provider>> = {
  polygon({ baseUrl, ...deps }) {
    const polygon = createPolygonProvider({ baseUrl: baseUrl ?? '', ...deps });
    return {
      series: polygon,
      wholeMarket: polygon,
      reference: polygon,
      past: polygon,
      actions: polygon,
      fundamentals: null,
      refusalWaitsMs: null,
    };
  },
  yahoo(deps) {
    const yahoo = createYahooProvider(deps);
    return {
      series: yahoo,
      wholeMarket: null,
      reference: null,
      past: null,
      actions: null,
      fundamentals: yahoo,
      refusalWaitsMs: [60_000, 300_000, 900_000],
    };
  },
};
