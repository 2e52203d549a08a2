import { dateOfDayNumber } from '../../domain/date-range.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sources } from '../../domain/source.ts';
import type { BarOrigin, IncomingBars } from '../../store/bars/incoming-bars.ts';
import { recordFindings } from '../../store/findings.ts';
import type { Transaction } from '../../store/transaction.ts';
import {
  instrumentsWithZeroVolumes,
  repairZeroVolumes,
  zeroVolumeRule,
  zeroVolumesOf,
} from '../../store/zero-volumes.ts';

/** Where bars came in whose prices have moved although nothing was traded. */
interface ZeroVolume {
  readonly instrumentId: number;
  readonly session: SessionDate;
  /** The source is known to lack it there. */
  readonly isUsual: boolean;
}

/** Findings of one answer: a series that lacks volumes all along says no more by each of them. */
const mostOfAnswer = 50;

/** Records bars that are stored with a range and without a volume as findings, and closes those that have one now. */
export async function findZeroVolumes(
  tx: Transaction,
  { source, interval, runId }: BarOrigin,
  incoming: readonly IncomingBars[],
): Promise<void> {
  if (incoming.length === 0) return;
  const { firstVolumeMayLack } = sources[source];
  const came = incoming.flatMap((bars) => zeroVolumesIn(bars, firstVolumeMayLack));
  const stored = await zeroVolumesOf(tx, { source, interval }, came);
  const usual = new Set(came.filter(({ isUsual }) => isUsual).map(keyOf));
  await recordFindings(
    tx,
    runId,
    stored.map(({ instrumentId, session, ...evidence }) => ({
      rule: zeroVolumeRule,
      severity: usual.has(keyOf({ instrumentId, session })) ? 'info' : 'warn',
      ...{ instrumentId, source, interval, evidence },
      range: { from: session, to: session },
    })),
  );
  const known = await instrumentsWithZeroVolumes(tx, { source, interval });
  const brought = known.filter((id) => incoming.some(({ instrumentIds }) => instrumentIds.includes(id)));
  await repairZeroVolumes(tx, { source, interval, runId }, brought);
}

function keyOf({ instrumentId, session }: Pick<ZeroVolume, 'instrumentId' | 'session'>): string {
  return `${instrumentId} ${session}`;
}

function zeroVolumesIn({ bars, instrumentIds }: IncomingBars, firstMayLack: boolean): readonly ZeroVolume[] {
  const { volume, high, low, day, length } = bars;
  const rows: number[] = [];
  for (let row = 0; row < length; row += 1)
    if (volume[row] === 0 && (high[row] ?? NaN) > (low[row] ?? NaN)) rows.push(row);
  // Of an index or a currency there is no volume.
  if (rows.length === 0 || (length > 1 && volume.every((shares) => shares === 0))) return [];
  return rows.slice(-mostOfAnswer).map((row) => ({
    instrumentId: instrumentIds[row] ?? NaN,
    session: dateOfDayNumber(day[row] ?? NaN),
    isUsual: firstMayLack && row === 0,
  }));
}
