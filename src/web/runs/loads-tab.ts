import { listLoads, type LoadLine, type LoadsFilter } from '../../store/ledger/read-run.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';
import { sessionsText } from '../page-clock.ts';
import { empty, figure, panel, scrolling, shownOr, table, tag, type Tone, refusals } from '../parts.ts';
import { pathWith, queryReader, rowId } from '../query.ts';
import { linesOfPart, paged } from './paged.ts';
import { runPath } from './run-links.ts';
import type { ShownRun } from './shown-run.ts';
import { spellingsOf } from './spellings.ts';

const tones: Readonly<Record<string, Tone>> = {
  pending: 'off',
  running: 'run',
  success: 'ok',
  partial: 'warn',
  failed: 'bad',
  cancelled: 'off',
};

/** What came of each symbol. */
export async function loadsTab(visit: Visit, { line, parts }: ShownRun): Promise<Html> {
  const read = queryReader(visit.query);
  const status = read.choice('status', Object.keys(tones));
  const kind = read.text('kind', /^[A-Za-z_]{1,64}$/, 'the kind of an error');
  const symbol = read.text('symbol', /^\S{1,32}$/, 'a symbol');
  const after = Number(read.text('after', rowId, 'the number of a load')) || null;
  const values = { tab: 'loads', status, kind, symbol };
  const path = runPath(line);
  const found = await visit.read(async (db) => {
    const symbols = symbol === null ? null : await spellingsOf(db, symbol);
    const filter: LoadsFilter = { status, kind, symbols };
    return listLoads(db, line.runId, filter, { after, limit: linesOfPart + 1 });
  });
  return html`${filters(path, values, parts.loads, read.problems)}
  ${panel(
    { title: 'Loads' },
    shownOr(found, (lines) => {
      if (lines.length === 0) return empty('No load of this run is like that.');
      const { shown, links } = paged(lines, { path, values, after });
      return html`${scrolling(
        'Loads',
        table(
          headings,
          shown.map((load) => row(load, path)),
        ),
      )}
      ${links}`;
    }),
  )}`;
}

function filters(
  path: string,
  values: Readonly<Record<'tab' | 'status' | 'kind' | 'symbol', string | null>>,
  counts: Readonly<Record<string, number>>,
  problems: ReadonlyMap<string, string>,
): Html {
  const chip = (status: string | null, text: string) =>
    html`<a
      class="btn"
      href="${pathWith(path, { ...values, status })}"
      ${values.status === status ? html`aria-current="true"` : nothing}
      >${text}</a
    >`;
  const present = Object.keys(tones).filter((status) => (counts[status] ?? 0) > 0);
  return html`<form class="filters" method="get" action="${path}" aria-label="Filter">
    ${chip(null, 'all')} ${present.map((status) => chip(status, `${status} ${figure(counts[status] ?? 0)}`))}
    <input type="hidden" name="tab" value="loads" />
    ${values.status === null ? nothing : html`<input type="hidden" name="status" value="${values.status}" />`}
    <div>
      <label for="f-symbol">Symbol</label><input id="f-symbol" name="symbol" value="${values.symbol ?? ''}" />
    </div>
    <div>
      <label for="f-kind">Kind of error</label><input id="f-kind" name="kind" value="${values.kind ?? ''}" />
    </div>
    <button>Show</button>
    ${refusals(problems)}
  </form>`;
}

const headings = [
  { text: 'Symbol' },
  { text: 'Sessions', classes: 'lo' },
  { text: 'Status' },
  { text: 'Records', classes: 'num lo' },
  { text: 'Changed', classes: 'num lo' },
  { text: 'Settled', classes: 'num lo' },
  { text: 'Attempts', classes: 'num lo' },
  { text: 'What was wrong', classes: 'wrap' },
];

function row(load: LoadLine, path: string): Html {
  const { status, madeGoodBy, kind, message } = load;
  const good = html`<a href="/runs/-/${madeGoodBy ?? ''}">made good</a>`;
  return html`<tr>
    <td>${quoted(load.symbol)} <span class="sub">${load.source} ${load.interval}</span></td>
    <td class="lo">${sessionsText(load)}</td>
    <td>
      ${tag(madeGoodBy === null ? (tones[status] ?? 'off') : 'off', status)}
      ${madeGoodBy === null ? nothing : good}
    </td>
    <td class="num lo">${figure(load.records)}</td>
    <td class="num lo">${figure(load.changed)}</td>
    <td class="num lo">${figure(load.settled)}</td>
    <td class="num lo">${figure(load.attempts)}</td>
    <td class="wrap">${kind === null ? nothing : wrong(path, kind, message)}</td>
  </tr>`;
}

function wrong(path: string, kind: string, message: string | null): Html {
  const same = pathWith(path, { tab: 'loads', kind });
  return html`<a href="${same}">${quoted(kind)}</a> ${message === null ? nothing : quoted(message)}`;
}
