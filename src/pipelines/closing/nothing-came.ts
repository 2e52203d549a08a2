import type { RunSummary } from '../../runs/run-summary.ts';

/** Why a run that has failed nowhere brought no bar, for a number of sessions; null where some came, or some failed. */
export function nothingCame(
  { totalSymbols, totalRecords, partial, failed, requests }: RunSummary,
  sessions: number,
): string | null {
  if (totalRecords > 0 || partial + failed > 0) return null;
  if (sessions === 0) return 'no bar came: no session of the range had closed';
  if (totalSymbols === 0) return `no bar came: there was no symbol to ask for, of ${sessionsOf(sessions)}`;
  if (requests === 0)
    return `no bar came: nothing was asked, since every bar of ${sessionsOf(sessions)} is stored, or recorded as absent`;
  return `no bar came: asked for ${sessionsOf(sessions)}, the provider has none`;
}

function sessionsOf(count: number): string {
  return count === 1 ? 'the one session' : `the ${count} sessions`;
}
