import { never } from '../../domain/indicator-freshness.ts';
import type { SessionDate } from '../../domain/session.ts';

/** The last date on which sessions of an instrument are expected; null: nobody knows when its listing ended. */
export function listedUntil({
  active,
  delistedOn,
}: {
  readonly active: boolean;
  readonly delistedOn: SessionDate | null;
}): SessionDate | null {
  if (active) return never;
  return delistedOn;
}
