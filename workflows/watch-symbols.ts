import type { WatchOutcome } from '../activities/reference.ts';
import { pacedActivities } from './activity-proxies.ts';

export interface WatchRequest {
  readonly symbols: readonly string[];
  /** What the pace of the look-ups may take. */
  readonly seconds: number;
}

/** Watches symbols, so that they are in the universe whatever their type. */
export async function watchSymbols({ symbols, seconds }: WatchRequest): Promise<readonly WatchOutcome[]> {
  return pacedActivities(seconds).watchSymbols(symbols);
}
