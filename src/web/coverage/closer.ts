import { isRepairable, type CellState } from '../../domain/gap.ts';
import type { SessionDate } from '../../domain/session.ts';
import { dueOn, expectedCells, sessionSums, type CellSums } from '../../operations/coverage-counts.ts';
import type { CoverageMap } from '../../operations/coverage-maps.ts';
import type { SeriesCoverage } from '../../operations/look-over.ts';
import { providerName } from '../../operations/provider-name.ts';
import type { CellHistory } from '../../store/cell-history.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';
import { sessionText, sessionsText } from '../page-clock.ts';
import { counted, figure } from '../parts.ts';
import { runPath } from '../runs/run-links.ts';
import { coveragePath, type AskedCoverage } from './asked-coverage.ts';
import { reasonText } from './reasons.ts';

/** A part of the map in words, headed by what it is. */
export function closer(title: Html, lines: readonly Html[], asked: AskedCoverage): Html {
  return html`<section class="panel closer" id="closer" tabindex="-1" aria-labelledby="closer-title">
    <header>
      <h2 id="closer-title">${title}</h2>
      <span class="more"
        ><a href="${coveragePath(asked, { symbol: null, session: null })}" data-close>Close</a></span
      >
    </header>
    <ul class="told">
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </section>`;
}

interface Cell {
  readonly symbol: string;
  readonly session: SessionDate;
  readonly series: SeriesCoverage | undefined;
  readonly history: CellHistory;
  readonly requests: number | null;
}

/** One cell: why it is so, since when, which runs were about it, and what a repair would ask. */
export function cellCloser({ clock }: Visit, asked: AskedCoverage, cell: Cell): Html {
  const { symbol, session, series, history } = cell;
  const { source } = asked;
  const gap = series?.gaps.find(({ from, to }) => from <= session && session <= to);
  const bar = history.bars.find((one) => one.source === source);
  const state: CellState | null =
    gap?.reason ?? (bar === undefined ? null : bar.settled ? 'settled' : 'provisional');
  const others = history.bars.filter((one) => one.source !== source);
  const lines = [
    html`${state === null ? 'Not expected, or not stored' : sentence(reasonText(state))}.`,
    ...(bar === undefined ? [] : [html`Close ${String(bar.close)}, seen ${clock.when(bar.observedAt)}.`]),
    ...history.absences.map(
      ({ reason, confirmed, observedAt }) =>
        html`Seen without it ${clock.when(observedAt)} (${reason})${confirmed ? '' : ', not believed yet'}.`,
    ),
    ...others.map((one) => html`${providerName(one.source)} has ${String(one.close)}.`),
    ...history.findings.map(
      ({ id, rule, severity }) =>
        html`${sentence(severity)} of the rule ${quoted(rule)}: <code>barwright quality inspect ${id}</code>`,
    ),
    ...history.loads.map(
      (load) =>
        html`<a href="${runPath(load)}">${quoted(load.flow)}</a> ${load.status}
          ${load.completedAt === null ? nothing : clock.when(load.completedAt)}
          ${load.errorKind === null ? nothing : html`<span class="sub">${quoted(`${load.errorKind}: ${load.errorMessage ?? ''}`)}</span>`}`,
    ),
    ...(history.loads.length === 0 ? [html`No run on record has asked for it.`] : []),
    ...(state !== null && isRepairable(state)
      ? [repairLine({ symbol, from: session, to: session, requests: cell.requests })]
      : []),
    html`<a href="${coveragePath(asked, { session: null })}#closer">All of ${quoted(symbol)}</a>,
      <a href="${coveragePath(asked, { symbol: null })}#closer">all of ${sessionText(session)}</a>`,
  ];
  return closer(html`${quoted(symbol)}, ${sessionText(session)}`, lines, asked);
}

/** One row: what there is of a symbol, and each gap with its reason. */
export function rowCloser(
  asked: AskedCoverage,
  { symbol, sums, series, requests }: Omit<Cell, 'session' | 'history'> & { readonly sums: CellSums },
): Html {
  const { from, to } = asked.range;
  const gaps = series?.gaps ?? [];
  const shown = gaps.slice(-mostGaps).toReversed();
  const lines = [
    sumsLine(sums),
    ...shown.map((gap) => {
      const href = coveragePath(asked, { session: gap.from });
      return html`<a href="${href}#closer">${sessionsText(gap)}</a>: ${reasonText(gap.reason)},
        ${counted(gap.sessions, 'session')}`;
    }),
    ...(gaps.length > shown.length
      ? [html`${counted(gaps.length - shown.length, 'earlier gap')} not shown.`]
      : []),
    ...((series?.repairable ?? 0) > 0 ? [repairLine({ symbol, from, to, requests })] : []),
  ];
  return closer(html`${quoted(symbol)}, ${sessionsText(asked.range)}`, lines, asked);
}

const mostGaps = 20;
const mostNamed = 30;

/** One column: what there is of a session, and of whom something is due. */
export function columnCloser(asked: AskedCoverage, map: CoverageMap, session: SessionDate): Html {
  const due = dueOn(map, session);
  const named = due.slice(0, mostNamed).map((at) => map.instruments[at]?.symbol ?? '');
  const links = named.map(
    (symbol) => html`<a href="${coveragePath(asked, { symbol, session })}#closer">${quoted(symbol)}</a> `,
  );
  const lines = [
    sumsLine(sessionSums(map, session)),
    ...(due.length === 0
      ? []
      : [
          html`Due:
          ${links}${due.length > named.length ? `and ${figure(due.length - named.length)} more` : ''}`,
        ]),
    ...(due.length === 0 ? [] : [repairLine({ symbol: null, from: session, to: session, requests: null })]),
  ];
  return closer(html`${sessionText(session)}`, lines, asked);
}

function sumsLine(sums: CellSums): Html {
  const { settled, provisional, absent, due } = sums;
  return html`${counted(expectedCells(sums), 'expected cell')}: ${figure(settled)} settled,
  ${figure(provisional)} provisional, ${figure(absent)} absent for a recorded reason, ${figure(due)} due.`;
}

/** What a repair is asked for, and how many requests it would make of it; null: that was not worked out. */
export interface RepairAsked {
  readonly symbol: string | null;
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly requests: number | null;
}

function repairLine({ symbol, from, to, requests }: RepairAsked): Html {
  const whose = symbol === null ? nothing : html` --symbols ${quoted(symbol)}`;
  const cost = requests === null ? '' : `, ${counted(requests, 'request')}`;
  return html`What a repair would ask${cost}:
    <code>barwright repair${whose} --from ${from} --to ${to}</code>`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
