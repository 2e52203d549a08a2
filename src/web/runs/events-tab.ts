import { listEvents, type EventLine } from '../../store/ledger/read-run.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';
import { empty, panel, scrolling, shownOr, table, tag, type Tone, refusals } from '../parts.ts';
import { pathWith, queryReader, rowId } from '../query.ts';
import { linesOfPart, paged } from './paged.ts';
import { runPath } from './run-links.ts';
import type { ShownRun } from './shown-run.ts';

const tones: Readonly<Record<string, Tone>> = { info: 'off', warn: 'warn', error: 'bad' };

const headings = [
  { text: 'At' },
  { text: 'Level', classes: 'lo' },
  { text: 'Symbol', classes: 'lo' },
  { text: 'What it said', classes: 'wrap' },
];

/** What the run said of itself. */
export async function eventsTab(visit: Visit, { line }: ShownRun): Promise<Html> {
  const read = queryReader(visit.query);
  const level = read.choice('level', Object.keys(tones));
  const after = Number(read.text('after', rowId, 'the number of an event')) || null;
  const path = runPath(line);
  const limit = linesOfPart + 1;
  const found = await visit.read((db) => listEvents(db, line.runId, level, { after, limit }));
  const chip = (value: string | null) =>
    html`<a
      class="btn"
      href="${pathWith(path, { tab: 'events', level: value })}"
      ${value === level ? html`aria-current="true"` : nothing}
      >${value ?? 'all'}</a
    >`;
  return html`<p class="filters">${[null, ...Object.keys(tones)].map(chip)} ${refusals(read.problems)}</p>
    ${panel(
      { title: 'Events', more: html`<span class="sub">oldest first</span>` },
      shownOr(found, (lines) => {
        if (lines.length === 0) return empty('It has said nothing, or what it said was cleaned up.');
        const { shown, links } = paged(lines, { path, values: { tab: 'events', level }, after });
        const rows = shown.map((event) => row(visit, event));
        return html`${scrolling('Events', table(headings, rows))} ${links}`;
      }),
    )}`;
}

function row({ clock }: Visit, { at, level, symbol, message }: EventLine): Html {
  return html`<tr>
    <td>${clock.second(at)}</td>
    <td class="lo">${tag(tones[level] ?? 'off', level)}</td>
    <td class="lo">${symbol === null ? nothing : quoted(symbol)}</td>
    <td class="wrap">${quoted(message)}</td>
  </tr>`;
}
