import type { DateRange } from '../../domain/date-range.ts';

/** The last twelve digits of a run id: as good as all of it for `barwright runs`. */
export function shortRunId(runId: string): string {
  return runId.slice(-12);
}

/** A session, or the first and the last of several. */
export function spanText({ from, to }: DateRange): string {
  return from === to ? from : `${from}..${to}`;
}
