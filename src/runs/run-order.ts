import type { DateRange } from '../domain/date-range.ts';

/** What a person tells a run while it works; `by` is who, null where Temporal does not say. */
export type RunOrder =
  | { readonly verb: 'pause' | 'resume'; readonly by: string | null }
  /** Too late is what comes while the run ends by itself: it changes nothing. */
  | { readonly verb: 'cancel'; readonly by: string | null; readonly tooLate?: boolean }
  | { readonly verb: 'change'; readonly range: DateRange; readonly by: string | null };

/** What an update may say beside the order itself. */
export interface OrderOrigin {
  /** Who gives it, such as `user@host`. */
  readonly by?: unknown;
}

const longestName = 200;

/** Who gives an order, as it says; null where it does not. */
export function giverOf(origin: unknown): string | null {
  const { by } = (origin ?? {}) as OrderOrigin;
  return typeof by === 'string' && by.trim() !== '' ? by.trim().slice(0, longestName) : null;
}
