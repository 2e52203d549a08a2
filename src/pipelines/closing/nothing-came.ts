import type { SourceName } from '../../domain/source.ts';
import { whomToName } from '../../runs/next-steps.ts';
import type { RunSummary } from '../../runs/run-summary.ts';

/**
 * Why a run of a source that has failed nowhere brought no bar, for a number of sessions, and what to do next; null where
 * some came, or some failed.
 */
export function nothingCame(
  { totalSymbols, totalRecords, partial, failed, requests }: RunSummary,
  sessions: number,
  source: SourceName,
): string | null {
  if (totalRecords > 0 || partial + failed > 0) return null;
  if (sessions === 0)
    return 'no bar came: no session of the range had closed; barwright calendar shows which there are';
  if (totalSymbols === 0)
    return `no bar came: there was no symbol to ask for, of ${sessionsOf(sessions)}; ${whomToName(source)}`;
  if (requests === 0)
    return `no bar came: nothing was asked, since every bar of ${sessionsOf(sessions)} is stored, or recorded as absent; barwright bars shows them`;
  return `no bar came: asked for ${sessionsOf(sessions)}, the provider has none; barwright calendar and symbols list show when there should be some`;
}

function sessionsOf(count: number): string {
  return count === 1 ? 'the one session' : `the ${count} sessions`;
}
