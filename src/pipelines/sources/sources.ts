import type { SourceName } from '../../domain/source.ts';
import type { BarProvider, SeriesProvider } from '../../providers/provider.ts';
import type { ProviderBudget } from './provider-budget.ts';

/** A provider as the activities use it. */
export interface Source {
  readonly provider: SeriesProvider;
  /** Null where the whole market cannot be asked at once. */
  readonly market: BarProvider | null;
  readonly budget: ProviderBudget;
  readonly requestsPerMinute: number;
  /**
   * How long everything waits after a refusal for too many requests that names no time, the first, the second in a row,
   * and so on; what was refused is asked again then. Absent: it has failed, and is tried again as other failures are.
   */
  readonly refusalWaitsMs?: readonly number[];
}

export type Sources = Readonly<Record<SourceName, Source>>;
