import type { Config } from '../config.ts';
import type { RuntimeState } from './state.ts';

/** Where the parts of an installation are; null for what is not there. */
export interface Endpoints {
  readonly databaseUrl: string | null;
  /** Of the local server; one named by the environment is Temporal's own business. */
  readonly temporalAddress: string | null;
  readonly polygonBaseUrl: string | null;
  /** Null: Yahoo's own hosts. */
  readonly yahooBaseUrl: string | null;
}

/** Joins what the environment names with what `barwright up` started and wrote down. */
export function endpointsOf(config: Config, state: RuntimeState | null): Endpoints {
  return {
    databaseUrl: config.database.external ?? state?.database?.url ?? null,
    temporalAddress: state?.temporal?.address ?? null,
    polygonBaseUrl: config.polygon.baseUrl ?? state?.simulator?.url ?? null,
    yahooBaseUrl: config.yahoo.baseUrl ?? state?.simulator?.url ?? null,
  };
}
