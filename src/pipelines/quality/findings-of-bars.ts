import { dateOfDayNumber } from '../../domain/date-range.ts';
import { severities } from '../../domain/severity.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Judgement } from '../../quality/judge-series.ts';
import { evident } from '../../quality/rule.ts';
import type { Finding } from '../../store/findings.ts';
import type { JudgedBars } from './judged-bars.ts';

interface SeriesOf {
  readonly instrumentId: number;
  readonly source: SourceName;
}

/**
 * What rules have found of one series as findings: one a rule and session, with all fields of it, as grave as the gravest.
 * Evidence is in the shares of the session's own day, so that no later split changes it; `bar` is what was judged.
 */
export function findingsOfBars(
  { instrumentId, source }: SeriesOf,
  bars: JudgedBars,
  judged: readonly Judgement[],
): readonly Finding[] {
  const places = Map.groupBy(judged, ({ rule, day }) => `${rule} ${day}`);
  return [...places.values()].flatMap((of): readonly Finding[] => {
    const [first] = of;
    if (first === undefined) return [];
    const { rule, day, row } = first;
    const severity = severities.find((one) => of.some((each) => each.severity === one)) ?? 'info';
    const fields = of.map((one) => ({
      field: one.field ?? 'bar',
      // As grave as the finding, unless it says else: only what is wrong for certain blocks.
      ...(one.severity === severity ? {} : { severity: one.severity }),
      ...ownEvidence(one, bars.ownShares(row)),
    }));
    const session = dateOfDayNumber(day);
    const range = { from: session, to: session };
    const evidence = { bar: ownBar(bars, row), fields };
    return [{ rule, severity, instrumentId, source, interval: '1d', range, evidence }];
  });
}

/** A bar as it was traded; what is no number is told in words. */
function ownBar({ series, ownShares }: JudgedBars, row: number): object {
  const factor = ownShares(row);
  const told = (value: number) => (Number.isFinite(value) ? evident(value) : String(value));
  const price = (column: Float64Array) => told((column[row] ?? NaN) * factor);
  const { open, high, low, close, volume } = series;
  return {
    ...{ open: price(open), high: price(high), low: price(low), close: price(close) },
    volume: told((volume[row] ?? NaN) / factor),
  };
}

/** What of evidence is so many dollars, or so many shares where it is of a volume. */
const measured = ['value', 'open', 'high', 'low', 'close', 'before', 'after', 'level', 'usual'];

function ownEvidence({ field, evidence }: Judgement, factor: number): Judgement['evidence'] {
  const times = field === 'volume' ? 1 / factor : factor;
  return Object.fromEntries(
    Object.entries(evidence).map(([key, value]) => {
      const isMeasured = typeof value === 'number' && measured.includes(key);
      return [key, isMeasured ? evident(value * times) : value];
    }),
  );
}
