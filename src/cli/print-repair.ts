import type { Market } from '../config.ts';
import { gapReasons } from '../domain/gap.ts';
import type { RepairSummary } from '../runs/repair-summary.ts';
import { note, printTable } from './output.ts';
import type { Column, ColumnChoice } from './table/column.ts';
import { countText } from '../operations/figures.ts';

const figure = (name: string, of: (summary: RepairSummary) => number): Column<RepairSummary> => ({
  name,
  cell: (summary) => countText(of(summary)),
  right: true,
});

/** Of the table of what a repair has brought. */
export const repairColumns: readonly Column<RepairSummary>[] = [
  figure('missing', ({ missing }) => missing),
  figure('came', ({ came }) => came),
  figure('explained', ({ explained }) => explained),
  figure('remain', ({ remains }) => remains),
  { name: 'why', cell: ({ reasons }) => whyText(reasons), least: 16 },
];

function whyText(reasons: RepairSummary['reasons']): string {
  return gapReasons
    .flatMap((reason) => (reasons[reason] === undefined ? [] : `${reasons[reason]} ${reason}`))
    .join(', ');
}

/** What a repair has brought, for a person: cells, and what becomes of those that remain. */
export function printRepair(
  summary: RepairSummary,
  {
    title,
    market,
    choice,
  }: { readonly title: string; readonly market: Market; readonly choice: ColumnChoice },
): void {
  printTable({ title, market, columns: repairColumns, rows: [summary] }, choice);
  for (const { workflowId, error } of summary.runs) if (error !== null) note(`${workflowId}: ${error}`);
  const [again] = summary.againAt;
  if (again !== undefined)
    note(`what remains is asked again in the background, first at ${again} (barwright runs list)`);
}
