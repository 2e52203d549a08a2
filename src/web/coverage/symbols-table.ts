import { isRepairable, type CellState, type Gap } from '../../domain/gap.ts';
import { expectedCells, type InstrumentSums } from '../../operations/coverage-counts.ts';
import type { Coverage } from '../../operations/look-over.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import { sessionText, sessionsText } from '../page-clock.ts';
import { empty, figure, scrolling, table } from '../parts.ts';
import { coveragePath, type AskedCoverage, type RowOrder } from './asked-coverage.ts';
import { reasonName } from './reasons.ts';

export const rowsOfPage = 25;

/** Those of which something is due, in the order that is asked for. */
export function symbolsWithGaps(each: readonly InstrumentSums[], order: RowOrder): readonly InstrumentSums[] {
  return each.filter(({ due }) => due > 0).sort(comparisons[order]);
}

const byAt = (one: InstrumentSums, other: InstrumentSums) => one.at - other.at;
const comparisons: Readonly<Record<RowOrder, (one: InstrumentSums, other: InstrumentSums) => number>> = {
  due: (one, other) => other.due - one.due || byAt(one, other),
  symbol: byAt,
  listed(one, other) {
    const [a, b] = [one.instrument.listedOn ?? '', other.instrument.listedOn ?? ''];
    return a < b ? -1 : a > b ? 1 : byAt(one, other);
  },
};

const headings = [
  { text: 'Symbol' },
  { text: 'Listed', classes: 'lo' },
  { text: 'Expected', classes: 'num lo' },
  { text: 'Settled', classes: 'num lo' },
  { text: 'Provisional', classes: 'num lo' },
  { text: 'Absent', classes: 'num lo' },
  { text: 'Due', classes: 'num' },
  { text: 'Gaps', classes: 'wrap' },
  { text: 'Worst class', classes: 'wrap' },
  { text: 'Repair', classes: 'lo' },
];

/** A page of them; `coverage` says why what is due of these lacks. */
export function symbolsTable(
  asked: AskedCoverage,
  rows: readonly InstrumentSums[],
  coverage: Coverage,
): Html {
  if (rows.length === 0)
    return empty('Nothing is due: every expected cell has its bar, or a reason why not.');
  const gaps = new Map(coverage.series.map((one) => [one.instrument.id, one]));
  return scrolling(
    'Symbols with gaps',
    table(
      headings,
      rows.map((row) => symbolRow(asked, row, gaps.get(row.instrument.id))),
    ),
  );
}

function symbolRow(
  asked: AskedCoverage,
  sums: InstrumentSums,
  series: Coverage['series'][number] | undefined,
): Html {
  const { instrument, settled, provisional, absent, due } = sums;
  const lacking = (series?.gaps ?? []).filter(({ reason }) => isDue(reason));
  return html`<tr>
    <td>
      <a href="${coveragePath(asked, { symbol: instrument.symbol, session: null })}#closer"
        >${quoted(instrument.symbol)}</a
      >
    </td>
    <td class="lo">${instrument.listedOn === null ? nothing : sessionText(instrument.listedOn)}</td>
    <td class="num lo">${figure(expectedCells(sums))}</td>
    <td class="num lo">${figure(settled)}</td>
    <td class="num lo">${figure(provisional)}</td>
    <td class="num lo">${figure(absent)}</td>
    <td class="num">${figure(due)}</td>
    <td class="wrap">${gapsText(lacking)}</td>
    <td class="wrap">${worstOf(lacking)}</td>
    <td class="lo">
      ${(series?.repairable ?? 0) > 0 ? html`<code>barwright repair --symbols ${quoted(instrument.symbol)}</code>` : nothing}
    </td>
  </tr>`;
}

/** True of what the planner would ask for, by now or once it is there. */
export function isDue(reason: CellState): boolean {
  return isRepairable(reason) || reason === 'not_yet' || reason === 'history_floor';
}

const mostGaps = 3;

function gapsText(gaps: readonly Gap[]): string {
  const named = gaps.slice(-mostGaps).map(sessionsText);
  const others = gaps.length - named.length;
  return `${others > 0 ? `${others} more, ` : ''}${named.join(', ')}`;
}

const gravestFirst: readonly CellState[] = [
  'quarantined',
  'provider_fault',
  'never_asked',
  'not_yet',
  'history_floor',
];

function worstOf(gaps: readonly Gap[]): string {
  const worst = gravestFirst.find((reason) => gaps.some((gap) => gap.reason === reason));
  return worst === undefined ? '' : reasonName(worst);
}
