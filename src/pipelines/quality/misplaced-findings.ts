import { dateOfDayNumber, type DateRange } from '../../domain/date-range.ts';
import type { SourceName } from '../../domain/source.ts';
import { splitMisplaced } from '../../quality/rules/split-misplaced.ts';
import type { Database } from '../../store/database.ts';
import type { Finding } from '../../store/findings.ts';
import { observedSplits } from '../../store/observed-splits.ts';

/** Where prices of a source have known splits on other days than theirs within a range: a finding a session. */
export async function misplacedFindings(
  db: Database,
  wish: {
    readonly source: SourceName;
    readonly instrumentIds: readonly number[];
    readonly range: DateRange;
  },
): Promise<readonly Finding[]> {
  const { source, range } = wish;
  const observed = await observedSplits(db, wish);
  return [...observed].flatMap(([instrumentId, prices]): readonly Finding[] => {
    const steps = Map.groupBy(splitMisplaced.judge(prices), ({ day }) => dateOfDayNumber(day));
    return [...steps].flatMap(([session, found]): readonly Finding[] => {
      if (session < range.from || session > range.to) return [];
      const fields = found.map(({ evidence }) => ({ field: 'bar', ...evidence }));
      return [
        {
          ...{ rule: splitMisplaced.id, severity: 'warn', instrumentId, source, interval: '1d' },
          range: { from: session, to: session },
          evidence: { fields },
        },
      ];
    });
  });
}
