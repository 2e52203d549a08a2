import { addDays } from '../../domain/date-range.ts';
import { runFlowNames } from '../../flows/run-flows.ts';
import type { RunsFilter } from '../../store/ledger/list-runs.ts';
import { html, nothing, type Html } from '../markup.ts';
import { refusals } from '../parts.ts';
import { pathWith, queryReader, uuid } from '../query.ts';

/** What is asked of the list of runs, by its address. */
export interface AskedRuns {
  readonly flow: string | null;
  readonly status: string | null;
  readonly error: string | null;
  readonly symbol: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** The last run of the page before; null: this is the first. */
  readonly after: string | null;
  /** What of the address cannot be, by name. */
  readonly problems: ReadonlyMap<string, string>;
}

const statuses: Readonly<Record<string, string>> = {
  running: 'running',
  paused: 'paused',
  cancelling: 'cancelling',
  completed: 'completed',
  'with-failures': 'completed with failures',
  failed: 'failed',
  cancelled: 'cancelled',
  terminated: 'terminated',
};

export function askedRuns(query: URLSearchParams): AskedRuns {
  const read = queryReader(query);
  const wish = {
    flow: read.choice('flow', runFlowNames),
    status: read.choice('status', Object.keys(statuses)),
    error: read.text('error', /^[A-Za-z_]{1,64}$/, 'the kind of an error, such as NotYetAvailable'),
    symbol: read.text('symbol', /^\S{1,32}$/, 'a symbol'),
    from: read.date('from'),
    to: read.date('to'),
    after: read.text('after', uuid, 'the id of a run'),
  };
  if (wish.from !== null && wish.to !== null && wish.from > wish.to)
    read.refuse('to', `the dates are reversed: ${wish.from} is after ${wish.to}`);
  return { ...wish, problems: read.problems };
}

/** The address of the list with other wishes; from its beginning. */
export function runsPath(wish: Partial<Omit<AskedRuns, 'problems'>>): string {
  const {
    flow = null,
    status = null,
    error = null,
    symbol = null,
    from = null,
    to = null,
    after = null,
  } = wish;
  return pathWith('/runs', { flow, status, error, symbol, from, to, after });
}

const daysCounted = 30;

/** The runs that are listed, and those that the first line counts: of the last 30 days, unless told. */
export function filtersOf(
  wish: AskedRuns,
  symbols: readonly string[] | null,
  { zone, today }: { readonly zone: string; readonly today: string },
): { readonly listed: RunsFilter; readonly counted: RunsFilter; readonly period: string } {
  const { flow, status, error, from, to } = wish;
  const listed = { flow, status, error, from, to, symbols, zone };
  if (from !== null || to !== null) {
    const period = [...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`to ${to}`])].join(
      ' ',
    );
    return { listed, counted: listed, period };
  }
  const since = addDays(today, 1 - daysCounted);
  return { listed, counted: { ...listed, from: since }, period: `in ${daysCounted} days` };
}

/** The form that changes the address; it works without script. */
export function runsForm(wish: AskedRuns): Html {
  const chosen = (value: string, current: string | null) => (value === current ? html` selected` : nothing);
  const choice = (name: 'flow' | 'status', options: readonly (readonly [string, string])[]) =>
    html`<select name="${name}" id="f-${name}" ${invalid(wish, name)}>
      <option value="">all</option>
      ${options.map(([value, text]) => html`<option value="${value}" ${chosen(value, wish[name])}>${text}</option>`)}
    </select>`;
  const field = (name: 'error' | 'symbol' | 'from' | 'to', type: string) =>
    html`<input
      name="${name}"
      id="f-${name}"
      type="${type}"
      value="${wish[name] ?? ''}"
      ${invalid(wish, name)}
    />`;
  const labelled = (name: string, text: string, control: Html) =>
    html`<div><label for="f-${name}">${text}</label>${control}</div>`;
  return html`<form class="filters" method="get" action="/runs" aria-label="Filter">
    ${labelled(
      'flow',
      'Flow',
      choice(
        'flow',
        runFlowNames.map((name) => [name, name]),
      ),
    )}
    ${labelled('status', 'Status', choice('status', Object.entries(statuses)))}
    ${labelled('error', 'Kind of error', field('error', 'text'))}
    ${labelled('symbol', 'Symbol', field('symbol', 'text'))}
    ${labelled('from', 'Ended from', field('from', 'date'))}
    ${labelled('to', 'Ended to', field('to', 'date'))}
    <button class="go">Show</button>
    ${isFiltered(wish) ? html`<a class="btn" href="/runs">All runs</a>` : nothing} ${refusals(wish.problems)}
  </form>`;
}

/** The command that lists the same; null: it does not know these filters. */
export function runsCommand({ flow, status, from, ...others }: AskedRuns): string | null {
  const unknown = [others.error, others.symbol, others.to, others.after];
  if (status === 'with-failures' || unknown.some((one) => one !== null)) return null;
  const asked = [
    ...(flow === null ? [] : [`--flow ${flow}`]),
    ...(status === null ? [] : [`--status ${status}`]),
    ...(from === null ? [] : [`--since ${from}`]),
  ];
  return ['barwright runs list', ...asked].join(' ');
}

/** Whether anything but the whole list is asked for. */
export function isFiltered({ problems, ...wish }: AskedRuns): boolean {
  return problems.size > 0 || Object.values(wish).some((one) => one !== null);
}

function invalid({ problems }: AskedRuns, name: string): Html {
  return problems.has(name) ? html`aria-invalid="true"` : nothing;
}
