import { dateOfDayNumber, dayNumber } from '../../domain/date-range.ts';
import type { QualityRule } from '../../domain/quality-rule.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import { judgeSeries } from '../../quality/judge-series.ts';
import { copyBars, decodeBars, effectiveSplits } from '../../store/bar-series.ts';
import type { Finding } from '../../store/findings.ts';
import { withoutVolume } from '../../store/judged-cells.ts';
import type { Transaction } from '../../store/transaction.ts';
import { findingsOfBars } from './findings-of-bars.ts';
import { judgedBars } from './judged-bars.ts';

/** A daily bar, stored or not. */
export interface JudgedCell {
  readonly instrumentId: number;
  readonly session: SessionDate;
}

/** All that there is: what is in the prices of a bar, the newest ones tell. */
const forEver: SessionDate = '9999-12-31';

/**
 * What rules that look at one bar alone find of some stored bars; the findings are those that `validateBatch` makes of
 * them. What is not stored is left out.
 */
export async function judgeStoredCells(
  tx: Transaction,
  source: SourceName,
  cells: readonly JudgedCell[],
  rules: readonly QualityRule[],
): Promise<readonly Finding[]> {
  const since = cells.map(({ session }) => session).sort()[0];
  if (since === undefined) return [];
  const byInstrument = Map.groupBy(cells, ({ instrumentId }) => instrumentId);
  const instrumentIds = [...byInstrument.keys()];
  const splits = await effectiveSplits(tx, instrumentIds);
  const unmeasured = await withoutVolume(tx, instrumentIds);
  const series = decodeBars(await copyBars(tx, { instrumentIds, source, since, through: forEver }));
  return [...series].flatMap(([instrumentId, stored]) => {
    const hasVolume = !unmeasured.has(instrumentId);
    const bars = judgedBars(stored, { splits: splits.get(instrumentId) ?? [], hasVolume });
    const own = new Set(byInstrument.get(instrumentId)?.map(({ session }) => session));
    const days = [...own].sort().map(dayNumber);
    const judged = judgeSeries(bars.series, { rules, days: [days[0] ?? NaN, days.at(-1) ?? NaN] });
    const asked = judged.filter(({ day }) => own.has(dateOfDayNumber(day)));
    return findingsOfBars({ instrumentId, source }, bars, asked);
  });
}
