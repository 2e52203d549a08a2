import type { Attention, AttentionPlace } from '../../../operations/attention/attention.ts';
import { pathWith } from '../../query.ts';
import { runPath } from '../../runs/run-links.ts';
import { html, nothing, quoted, type Html } from '../../markup.ts';
import type { Visit } from '../../page.ts';
import { figure, panel, scrolling, table, tag } from '../../parts.ts';

const headings = [
  { text: 'Since', classes: 'wrap' },
  { text: 'What', classes: 'wrap' },
  { text: 'Where', classes: 'lo' },
  { text: 'Cells', classes: 'num lo' },
  { text: 'Next step', classes: 'wrap' },
];

/** What needs a person, a row each. */
export function attentionPanel({ clock }: Visit, lines: readonly Attention[]): Html {
  const rows = lines.map(
    ({ urgency, kind, since, what, where, place, cells, next, command }) =>
      html`<tr>
        <td class="wrap">${since === null ? nothing : clock.when(since)}</td>
        <td class="wrap">${tag(urgency, kind)} ${quoted(what)}</td>
        <td class="wrap lo">${placed(place, where)}</td>
        <td class="num lo">${figure(cells)}</td>
        <td class="wrap">
          ${quoted(next)}${command === null ? nothing : html`: <code>${quoted(command)}</code>`}
        </td>
      </tr>`,
  );
  return panel({ title: 'Needs attention' }, scrolling('Needs attention', table(headings, rows)));
}

function placed(place: AttentionPlace | null, where: string): Html {
  return place === null ? quoted(where) : html`<a href="${hrefTo(place)}">${quoted(where)}</a>`;
}

function hrefTo({ page, query }: AttentionPlace): string {
  return page === 'run'
    ? runPath({ workflowId: query.workflowId ?? '', runId: query.runId ?? '' })
    : pathWith(`/${page}`, query);
}
