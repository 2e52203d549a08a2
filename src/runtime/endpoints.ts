import type { Config } from '../config.ts';
import { bySource, type SourceName } from '../domain/source.ts';
import type { RuntimeState } from './state.ts';

/** Where the parts of an installation are; null for what is not there. */
export interface Endpoints {
  readonly databaseUrl: string | null;
  /** Of the local server; one named by the environment is Temporal's own business. */
  readonly temporalAddress: string | null;
  /** By source; null: its own hosts. */
  readonly baseUrls: Readonly<Record<SourceName, string | null>>;
}

/** Joins what the environment names with what `barwright up` started and wrote down. */
export function endpointsOf(config: Config, state: RuntimeState | null): Endpoints {
  return {
    databaseUrl: config.database.external ?? state?.database?.url ?? null,
    temporalAddress: state?.temporal?.address ?? null,
    baseUrls: bySource((source) => config.sources[source].baseUrl ?? state?.simulator?.url ?? null),
  };
}
