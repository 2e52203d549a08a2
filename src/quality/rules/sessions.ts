import type { Breach, SeriesRule } from '../rule.ts';

/** A session told twice, or one before another that is earlier. */
export const duplicate: SeriesRule = {
  id: 'duplicate',
  says: 'a session told twice, or out of its order: error',
  judge: ({ series, rows }) =>
    rows.flatMap((row): readonly Breach[] => {
      const [before = -Infinity, day = NaN] = [series.day[row - 1], series.day[row]];
      return day > before ? [] : [{ row, severity: 'error', field: null, evidence: { day, before } }];
    }),
};

/** A bar of a day on which the exchange was closed, or the symbol not listed. */
export const extraSession: SeriesRule = {
  id: 'extra_session',
  says: 'a bar of a day that is no session of the symbol: error',
  judge: ({ series, rows }) => {
    if (series.sessions === null) return [];
    const expected = new Set(series.sessions);
    return rows.flatMap((row): readonly Breach[] => {
      const day = series.day[row] ?? NaN;
      return expected.has(day) ? [] : [{ row, severity: 'error', field: null, evidence: { day } }];
    });
  },
};

/** A session without a bar, between two that have one. */
export const missingSession: SeriesRule = {
  id: 'missing_session',
  says: 'no bar of a session on which one is expected, between the first bar and the last: error',
  judge: ({ series: { day: days, sessions } }) => {
    const [first = NaN, last = NaN] = [days[0], days.at(-1)];
    const there = new Set(days);
    const lacking = [...(sessions ?? [])].filter((day) => day > first && day < last && !there.has(day));
    return lacking.map((day) => {
      const row = days.findIndex((other) => other > day);
      return { row, day, severity: 'error', field: null, evidence: { before: days[row - 1] ?? NaN } };
    });
  },
};
