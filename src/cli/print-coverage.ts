import type { Market } from '../config.ts';
import {
  cellStates,
  isRepairable,
  repairableCells,
  type CellCounts,
  type CellState,
  type Gap,
} from '../domain/gap.ts';
import type { Coverage, SeriesCoverage } from '../operations/look-over.ts';
import { note, printTable, printTitle } from './output.ts';
import type { Column, ColumnChoice } from './table/column.ts';
import { countText } from '../operations/figures.ts';
import { flagText } from './table/figures.ts';
import { spanText } from './table/run-texts.ts';

/** What each state means to a person. */
const meanings: Readonly<Record<CellState, string>> = {
  settled: 'the bar is final',
  provisional: 'the bar may still move',
  never_asked: 'no answer has said anything of it',
  provider_fault: 'left out by an answer, or there at another source',
  quarantined: 'what came was refused',
  not_yet: 'the session has not closed, or its bar is not final',
  no_trade: 'nothing was traded',
  not_listed: 'before the listing',
  delisted: 'after the last day',
  history_floor: 'older than what the source keeps',
};

interface CountedState {
  readonly state: CellState;
  readonly cells: number;
}

const stateColumns: readonly Column<CountedState>[] = [
  { name: 'state', cell: ({ state }) => state },
  { name: 'cells', cell: ({ cells }) => countText(cells), right: true },
  { name: 'to ask', cell: ({ state }) => flagText(isRepairable(state), 'yes'), rank: 2 },
  { name: 'meaning', cell: ({ state }) => meanings[state], least: 20 },
];

/** Of the table of symbols: what `--columns` chooses from. */
export const gapColumns: readonly Column<SeriesCoverage>[] = [
  { name: 'symbol', cell: ({ instrument }) => instrument.symbol },
  { name: 'source', cell: ({ source }) => source },
  { name: 'interval', cell: ({ interval }) => interval, rank: 3 },
  { name: 'to ask', cell: ({ repairable }) => countText(repairable), right: true },
  { name: 'gaps', cell: ({ gaps }) => countText(gaps.length), right: true },
  { name: 'first', cell: ({ gaps }) => gapText(gaps.find(({ reason }) => isRepairable(reason)) ?? gaps[0]) },
];

function gapText(gap: Gap | undefined): string | null {
  return gap === undefined ? null : `${spanText(gap)} ${gap.reason}`;
}

interface ListedGap extends Gap, Pick<SeriesCoverage, 'instrument' | 'source'> {}

const listedColumns: readonly Column<ListedGap>[] = [
  { name: 'symbol', cell: ({ instrument }) => instrument.symbol },
  { name: 'source', cell: ({ source }) => source },
  { name: 'reason', cell: ({ reason }) => reason },
  { name: 'sessions', cell: ({ sessions }) => countText(sessions), right: true },
  { name: 'from', cell: ({ from }) => from },
  { name: 'to', cell: ({ to }) => to },
];

const shownRows = 20;

/** What there is, for a person: one figure, the states, and who lacks most; of named symbols each gap. */
export function printCoverage(
  { cells, series }: Coverage,
  {
    market,
    choice,
    areNamed,
  }: { readonly market: Market; readonly choice: ColumnChoice; readonly areNamed: boolean },
): void {
  if (cells.expected === 0) {
    printTitle('no cells to cover: nothing is stored, or nobody is listed or watched', market);
    return;
  }
  const rows = cellStates.map((state) => ({ state, cells: cells[state] })).filter((one) => one.cells > 0);
  printTable({ title: inWords(cells), market, columns: stateColumns, rows }, 'fitting');
  const lacking = series.filter(({ gaps }) => gaps.length > 0).sort((a, b) => b.repairable - a.repairable);
  if (lacking.length > 0) printLacking(lacking, choice, market);
  if (areNamed && lacking.length > 0) printGaps(lacking, market);
  if (repairableCells(cells) > 0) note('barwright repair asks for what asking may help');
}

function inWords(counts: CellCounts): string {
  const repairable = repairableCells(counts);
  const share = Math.floor((1000 * (counts.expected - repairable)) / counts.expected) / 10;
  return (
    `asking may help ${countText(repairable) ?? ''} of ${countText(counts.expected) ?? ''} cells; ` +
    `${share.toFixed(1)} % are there, or lack for a reason`
  );
}

function printLacking(lacking: readonly SeriesCoverage[], choice: ColumnChoice, market: Market): void {
  const rows = lacking.slice(0, shownRows);
  const title = `who lacks bars${ofAll(rows.length, lacking.length)}`;
  printTable({ title, market, columns: gapColumns, rows, follows: true }, choice);
}

function printGaps(lacking: readonly SeriesCoverage[], market: Market): void {
  const all = lacking.flatMap(({ instrument, source, gaps }) =>
    gaps.map((gap): ListedGap => ({ ...gap, instrument, source })),
  );
  const rows = all.slice(0, shownRows);
  const title = `what lacks${ofAll(rows.length, all.length)}`;
  printTable({ title, market, columns: listedColumns, rows, follows: true }, 'fitting');
}

function ofAll(shown: number, all: number): string {
  return shown < all ? `, ${shown} of ${countText(all) ?? ''} (--json has all)` : '';
}
