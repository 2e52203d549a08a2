import type { Market } from '../config.ts';
import type { FlowName } from '../flows/index.ts';
import type { IndicatorsSummary } from '../runs/indicators-summary.ts';
import type { MaintenanceSummary } from '../runs/maintenance-request.ts';
import type { ValidationSummary } from '../runs/validation-request.ts';
import type { RunSummary, SymbolError } from '../runs/run-summary.ts';
import { note, printTable } from './output.ts';
import { chosenColumns, type Column, type ColumnChoice, type TableOptions } from './table/column.ts';
import { countText } from '../operations/figures.ts';

/** What the run of any flow ends with. */
export type FlowSummary = RunSummary | IndicatorsSummary | MaintenanceSummary | ValidationSummary;

/** True when something of a run has failed, or what it judged has errors. */
export function isFailure(summary: FlowSummary): boolean {
  if ('open' in summary) return summary.open.error > 0;
  return 'failed' in summary && summary.failed > 0;
}

function count<Summary>(name: string, of: (summary: Summary) => number, rank: 1 | 2 = 1): Column<Summary> {
  return { name, cell: (summary) => countText(of(summary)), right: true, rank };
}

const summaryColumns: readonly Column<RunSummary>[] = [
  count('symbols', ({ totalSymbols }) => totalSymbols),
  count('successful', ({ successful }) => successful),
  count('partial', ({ partial }) => partial),
  count('failed', ({ failed }) => failed),
  count('records', ({ totalRecords }) => totalRecords),
  count('changed', ({ changedRecords }) => changedRecords),
  count('settled', ({ settledRecords }) => settledRecords, 2),
  count('requests', ({ requests }) => requests),
];

const judgedColumns: readonly Column<ValidationSummary>[] = [
  count('sessions', ({ sessions }) => sessions, 2),
  count('bars', ({ cells }) => cells),
  count('opened', ({ opened }) => opened),
  count('reopened', ({ reopened }) => reopened, 2),
  count('repaired', ({ repaired }) => repaired),
  count('errors', ({ open }) => open.error),
  count('warnings', ({ open }) => open.warn),
  count('notes', ({ open }) => open.info, 2),
];

type DeletedRow = readonly [table: string, rows: number];

const deletedColumns: readonly Column<DeletedRow>[] = [
  { name: 'table', cell: ([table]) => table },
  { name: 'rows', cell: ([, rows]) => countText(rows), right: true },
];

const troubledColumns: readonly Column<SymbolError & { readonly state: string }>[] = [
  { name: 'symbol', cell: ({ symbol }) => symbol, least: 16 },
  { name: 'state', cell: ({ state }) => state },
  { name: 'error', cell: ({ error }) => error, least: 20 },
];

/** Which columns of the summary of a flow a person wants; throws `UsageError`. */
export function summaryChoice(name: FlowName, options: TableOptions): ColumnChoice {
  return chosenColumns(columnsOf(name), options);
}

function columnsOf(name: FlowName): readonly { readonly name: string }[] {
  if (name === 'maintenance-cleanup') return deletedColumns;
  return name === 'market-data-validation' ? judgedColumns : summaryColumns;
}

/** A run as it has ended. */
export interface EndedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly market: Market;
  readonly summary: FlowSummary;
}

/** A run's summary for a person. */
export function printEnd({ workflowId, runId, market, summary }: EndedRun, choice: ColumnChoice): void {
  if ('deleted' in summary) {
    const title = `${workflowId}: rows that ${summary.dryRun ? 'would go' : 'went'}`;
    printTable({ title, market, columns: deletedColumns, rows: Object.entries(summary.deleted) }, choice);
    return;
  }
  if ('open' in summary) {
    printTable({ title: workflowId, market, columns: judgedColumns, rows: [summary] }, choice);
    if (isFailure(summary)) note('barwright quality --status open --severity error shows the errors');
    return;
  }
  const title = 'calculationDate' in summary ? `up to ${summary.calculationDate}: ${workflowId}` : workflowId;
  printTable({ title, market, columns: summaryColumns, rows: [summary] }, choice);
  printTroubled(runId, market, summary);
  if (summary.note !== undefined) note(summary.note);
  if ('wentOnWithout' in summary && summary.wentOnWithout !== null)
    note(`it went on without: ${summary.wentOnWithout}`);
}

const shownErrors = 10;

function printTroubled(runId: string, market: Market, summary: RunSummary): void {
  const troubled = [
    ...summary.failedSymbols.map((one) => ({ ...one, state: 'failed' })),
    ...summary.partialSymbols.map((one) => ({ ...one, state: 'partial' })),
  ];
  const all = summary.failed + summary.partial;
  if (all === 0) return;
  const rows = troubled.slice(0, shownErrors);
  const title = rows.length < all ? `not all of it came, ${rows.length} of ${all}` : 'not all of it came';
  printTable({ title, market, columns: troubledColumns, rows, follows: true }, 'fitting');
  note(`barwright runs inspect ${runId} says more`);
}
