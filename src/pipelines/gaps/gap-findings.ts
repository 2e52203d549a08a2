import type { DateRange } from '../../domain/date-range.ts';
import { isRepairable } from '../../domain/gap.ts';
import { firstKnown, lastKnown } from '../../domain/session.ts';
import type { Store } from '../../store/database.ts';
import { recordFindings } from '../../store/findings.ts';
import { closeGapFindings, gapRule, whenAskedFor, type LackingRange } from '../../store/gap-findings.ts';
import { transaction } from '../../store/transaction.ts';
import type { Coverage, SeriesCoverage } from './read-coverage.ts';

/** The gaps that were looked over, and over which sessions; null: all that is stored. */
interface SeenGaps extends Pick<Coverage, 'series'> {
  readonly range: DateRange | null;
}

/** Closes what people were told of gaps that are none any more. */
export async function closeRepaired(store: Store, runId: string | null, seen: SeenGaps): Promise<void> {
  await transaction(store, (tx) =>
    closeGapFindings(tx, runId, {
      instrumentIds: [...new Set(seen.series.map(({ instrument }) => instrument.id))],
      range: seen.range ?? { from: firstKnown, to: lastKnown },
      lacking: lackingOf(seen.series),
    }),
  );
}

/** Tells people of gaps that asking has not closed: a finding each, with when it was asked. Returns how many there are. */
export async function tellOfGaps(store: Store, runId: string, seen: SeenGaps): Promise<number> {
  await closeRepaired(store, runId, seen);
  const lacking = lackingOf(seen.series);
  const asked = await whenAskedFor(store.db, lacking);
  const findings = lacking.map(({ instrumentId, source, interval, range, ...gap }, at) => ({
    ...{ rule: gapRule, severity: 'warn' as const, instrumentId, source, interval, range },
    evidence: { ...gap, asked: asked[at] ?? [] },
  }));
  await recordFindings(store.db, runId, findings);
  return findings.length;
}

function lackingOf(series: readonly SeriesCoverage[]): readonly LackingRange[] {
  return series.flatMap(({ instrument, source, interval, gaps }) =>
    gaps
      .filter(({ reason }) => isRepairable(reason))
      .map(({ from, to, reason, sessions }) => {
        return { instrumentId: instrument.id, source, interval, range: { from, to }, reason, sessions };
      }),
  );
}
