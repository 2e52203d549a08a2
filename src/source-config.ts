import { createHash } from 'node:crypto';
import { sourceNames, sources, type SourceName } from './domain/source.ts';
import type { SettingName, Values } from './settings.ts';

export type Market = 'live' | 'simulated';

/** What is set of a source. */
export interface SourceConfig {
  /** Null on a simulated market and where no key is set. */
  readonly apiKey: string | null;
  /** Null: the source's own hosts, or on a simulated market where the local simulator listens. */
  readonly baseUrl: string | null;
  readonly requestsPerMinute: number;
  /** Of a UTC day; null: as many as the minutes have. */
  readonly requestsPerDay: number | null;
}

type SourceConfigs = Readonly<Record<SourceName, SourceConfig>>;

/** What of the configuration says how sources are asked. */
interface ConfiguredSources {
  readonly market: Market;
  readonly sources: SourceConfigs;
}

/** What the providers' simulated counterpart allows: far beyond what one machine asks. */
const simulatedRequestsPerMinute = 600_000;
const massive = 'https://api.massive.com';

/** What the settings come to, of each source. */
export function sourcesOf(values: Values, simulated: boolean): SourceConfigs {
  const rate = (requestsPerMinute: number) => (simulated ? simulatedRequestsPerMinute : requestsPerMinute);
  const address = (url: string | undefined) => url?.replace(/\/+$/, '') ?? null;
  return {
    polygon: {
      apiKey: simulated ? null : (values.POLYGON_API_KEY ?? null),
      baseUrl: address(values.POLYGON_BASE_URL) ?? (simulated ? null : massive),
      requestsPerMinute: rate(values.POLYGON_REQUESTS_PER_MINUTE),
      requestsPerDay: simulated ? null : (values.POLYGON_REQUESTS_PER_DAY ?? null),
    },
    yahoo: {
      apiKey: null,
      baseUrl: address(values.YAHOO_BASE_URL),
      requestsPerMinute: rate(60_000 / Math.max(values.YAHOO_DELAY_BETWEEN_REQUESTS_MS, 0.1)),
      requestsPerDay: null,
    },
  };
}

/** The settings of each source, by name: for messages. */
export const settingsOfSource: Readonly<
  Record<SourceName, { readonly apiKey: SettingName | null; readonly baseUrl: SettingName }>
> = {
  polygon: { apiKey: 'POLYGON_API_KEY', baseUrl: 'POLYGON_BASE_URL' },
  yahoo: { apiKey: null, baseUrl: 'YAHOO_BASE_URL' },
};

/** Whether a source can be asked: on the live market some need a key. */
export function canBeAsked({ market, sources: configured }: ConfiguredSources, source: SourceName): boolean {
  return !sources[source].needsKey || market === 'simulated' || configured[source].apiKey !== null;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Tells keys apart without telling them: 16 hex digits of a digest over all of them, null where none is set. */
export function keyFingerprint(config: ConfiguredSources): string | null {
  const keys = sourceNames.flatMap((source) => {
    const { apiKey } = config.sources[source];
    return apiKey === null ? [] : `barwright ${source} ${apiKey}`;
  });
  return keys.length === 0 ? null : digestOf(keys.join('\n'));
}

/** Whose quota the requests to a source count against: with another key, or elsewhere, it is another one. */
export function budgetKey(
  { sources: configured }: ConfiguredSources,
  source: SourceName,
  baseUrl: string | null,
) {
  const { apiKey } = configured[source];
  const keyHash = apiKey === null ? 'none' : digestOf(`barwright ${source} ${apiKey}`);
  return { provider: source, keyHash, baseUrl: baseUrl ?? '' };
}
