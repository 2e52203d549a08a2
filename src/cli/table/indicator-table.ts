import { extraColumns, indicatorColumns } from '../../indicators/columns.ts';
import type { IndicatorRow } from '../../store/read-indicators.ts';
import type { Column } from './column.ts';
import { significantText } from './figures.ts';

const extraShown = extraColumns.map(({ name: key }): Column<IndicatorRow> => {
  return { name: key, cell: (row) => significantText(row.extra?.[key] ?? null), rank: 2, right: true };
});

const firstColumns: readonly Column<IndicatorRow>[] = [
  { name: 'session', cell: ({ session }) => session },
  { name: 'reason', cell: ({ reason }) => reason },
];
const usualColumns = indicatorColumns.map(({ name, kind }): Column<IndicatorRow> => {
  const figures = kind === 'number' ? { right: true as const } : { least: 20 };
  return { name, cell: ({ values }) => shownValue(values[name] ?? null), rank: 2, ...figures };
});

/** What a table shows of extras alone. */
export const extraTable = [...firstColumns, ...extraShown];

/** What a table shows of a row of indicators; extras last, as in CSV. */
export function indicatorTable(extra: boolean): readonly Column<IndicatorRow>[] {
  return [...firstColumns, ...usualColumns, ...(extra ? extraShown : [])];
}

function shownValue(value: number | readonly string[] | null): string | null {
  return typeof value === 'number' || value === null ? significantText(value) : value.join(' ');
}
