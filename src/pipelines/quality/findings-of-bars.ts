import { dateOfDayNumber } from '../../domain/date-range.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Judgement } from '../../quality/judge-series.ts';
import type { Finding } from '../../store/findings.ts';

const grave = ['error', 'warn', 'info'] as const;

/** What rules have found of one series as findings: one a rule and session, with all fields of it, as grave as the gravest. */
export function findingsOfBars(
  { instrumentId, source }: { readonly instrumentId: number; readonly source: SourceName },
  judged: readonly Judgement[],
): readonly Finding[] {
  const places = Map.groupBy(judged, ({ rule, day }) => `${rule} ${day}`);
  return places
    .values()
    .map((of): Finding => {
      const { rule, day } = of[0] ?? { rule: '', day: NaN };
      const severity = grave.find((one) => of.some((each) => each.severity === one)) ?? 'info';
      const fields = of.map(({ field, evidence }) => ({ field: field ?? 'bar', ...evidence }));
      const session = dateOfDayNumber(day);
      const range = { from: session, to: session };
      return { rule, severity, instrumentId, source, interval: '1d', range, evidence: { fields } };
    })
    .toArray();
}
