import { knownSessionDays, sessionDaysBetween } from '../../calendar/exchange-calendar.ts';
import { dateOfDayNumber, type DateRange } from '../../domain/date-range.ts';
import { writeAbsences, forgetAbsences, type IncomingAbsence } from '../../store/absences.ts';
import type { BarOrigin } from '../../store/bars/incoming-bars.ts';
import { forgetRejectedParts, rejectedRanges } from '../../store/rejected-absences.ts';
import type { Transaction } from '../../store/transaction.ts';

/** Cells of which a person says that what the source has is no bar. */
export interface RejectedCells {
  readonly instrumentId: number;
  readonly ranges: readonly DateRange[];
  /** Of bars shorter than a session: when they begin, ISO 8601; empty: whole sessions. */
  readonly opens: readonly string[];
  /** When the source told of them, ISO 8601. */
  readonly observedAt: string;
}

/** Notes that cells have no bar, and are not due any more; one that is stored all the same stays. */
export async function rejectCells(
  tx: Transaction,
  origin: BarOrigin,
  { instrumentId, ranges, opens, observedAt }: RejectedCells,
): Promise<void> {
  const sessions = ranges.flatMap((range) => Array.from(sessionDaysBetween(range), dateOfDayNumber));
  const told = { instrumentId, reason: 'rejected', confirmed: true, observedAt } as const;
  const absences = sessions.flatMap((session): readonly IncomingAbsence[] =>
    opens.length === 0 ? [{ ...told, session }] : opens.map((opensAt) => ({ ...told, session, opensAt })),
  );
  await writeAbsences(tx, origin, { bars: [], absences }, knownSessionDays);
}

/** Makes cells that a person has rejected due again. */
export async function unrejectCells(
  tx: Transaction,
  origin: BarOrigin,
  { instrumentId, range }: { readonly instrumentId: number; readonly range: DateRange },
): Promise<void> {
  const series = { ...origin, instrumentId };
  const within = await rejectedRanges(tx, series, range);
  const days = within.flatMap((one) => [...sessionDaysBetween(one)]);
  await forgetAbsences(tx, origin, { instrumentId, days }, knownSessionDays);
  await forgetRejectedParts(tx, series, range);
}
