import { listRequests, type RequestLine } from '../../store/ledger/read-run.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';
import { sessionsText } from '../page-clock.ts';
import { empty, figure, panel, scrolling, shownOr, table, tag, type Tone, refusals } from '../parts.ts';
import { queryReader, rowId } from '../query.ts';
import { linesOfPart, paged } from './paged.ts';
import { runPath } from './run-links.ts';
import type { ShownRun } from './shown-run.ts';

const tones: Readonly<Record<string, Tone>> = { pending: 'off', done: 'ok', failed: 'bad' };

const headings = [
  { text: 'Wave', classes: 'num lo' },
  { text: 'Batch', classes: 'num lo' },
  { text: 'Of' },
  { text: 'Sessions' },
  { text: 'Status' },
  { text: 'Pages', classes: 'num lo' },
  { text: 'Asked', classes: 'lo' },
  { text: 'What was wrong', classes: 'wrap' },
];

/** What the run asks the provider, planned and done. */
export async function requestsTab(visit: Visit, { line }: ShownRun): Promise<Html> {
  const read = queryReader(visit.query);
  const after = Number(read.text('after', rowId, 'the number of a request')) || null;
  const found = await visit.read((db) => listRequests(db, line.runId, { after, limit: linesOfPart + 1 }));
  return html`${refusals(read.problems)}
  ${panel(
    { title: 'Requests' },
    shownOr(found, (lines) => {
      if (lines.length === 0) return empty('This run asks no provider for bars, or has not planned yet.');
      const path = runPath(line);
      const { shown, links } = paged(lines, { path, values: { tab: 'requests' }, after });
      const rows = shown.map((request) => row(visit, request));
      return html`${scrolling('Requests', table(headings, rows))} ${links}`;
    }),
  )}`;
}

function row({ clock }: Visit, request: RequestLine): Html {
  const { wave, batch, symbol, status, requests, askedAt, kind, message } = request;
  return html`<tr>
    <td class="num lo">${wave}</td>
    <td class="num lo">${batch}</td>
    <td>${symbol === null ? 'the whole market' : quoted(symbol)}</td>
    <td class="wrap">${sessionsText(request)}</td>
    <td>${tag(tones[status] ?? 'off', status)}</td>
    <td class="num lo">${figure(requests)}</td>
    <td class="lo">${askedAt === null ? nothing : clock.when(askedAt)}</td>
    <td class="wrap">${kind === null ? nothing : quoted(`${kind}: ${message ?? ''}`)}</td>
  </tr>`;
}
