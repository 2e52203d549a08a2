import { lastClosedSession } from '../../calendar/exchange-calendar.ts';
import { addDays, type DateRange } from '../../domain/date-range.ts';
import { intervalNames, type Interval } from '../../domain/interval.ts';
import { firstKnown, isInSessionYears, lastKnown, type SessionDate } from '../../domain/session.ts';
import { sourceNames, sources, type SourceName } from '../../domain/source.ts';
import { providerName } from '../../operations/provider-name.ts';
import { html, nothing, type Html } from '../markup.ts';
import { refusals } from '../parts.ts';
import { pathWith, queryReader } from '../query.ts';

export const orders = { due: 'most due', symbol: 'symbol', listed: 'listing date' } as const;
export type RowOrder = keyof typeof orders;

/** What is asked of the coverage, by its address. */
export interface AskedCoverage {
  readonly source: SourceName;
  readonly interval: Interval;
  readonly range: DateRange;
  /** Nobody said where it begins. */
  readonly isWhole: boolean;
  readonly order: RowOrder;
  /** The cell, row or column that is looked at closer; null: none, or all of it. */
  readonly symbol: string | null;
  readonly session: SessionDate | null;
  /** Of the table, from 1. */
  readonly page: number;
  readonly problems: ReadonlyMap<string, string>;
}

/** Two years, as the design has it. */
const daysShown = 730;
/** More sessions than that are no page: 20 years. */
const mostDays = 366 * 20;

const asChoice = <Name extends string>(names: readonly Name[], text: string | null): Name | null =>
  names.find((name) => name === text) ?? null;

/** Reads an address; what it leaves out is the whole of the usual source over the last two years. */
export function askedCoverage(query: URLSearchParams, now: Date): AskedCoverage {
  const read = queryReader(query);
  const interval = asChoice(intervalNames, read.choice('interval', intervalNames)) ?? '1d';
  const has = sourceNames.filter((name) => interval in sources[name].intervals);
  const source = asChoice(has, read.choice('source', has)) ?? has[0] ?? 'polygon';
  const last = lastClosedSession(now).session;
  const to = known(read, 'to') ?? last;
  const told = known(read, 'from');
  const from = told ?? later(addDays(to, -daysShown), firstKnown);
  if (from > to) read.refuse('to', `the dates are reversed: ${from} is after ${to}`);
  else if (addDays(from, mostDays) < to)
    read.refuse('from', 'more than twenty years are too much for a page');
  const session = known(read, 'session');
  const page = Number(read.text('page', /^[1-9]\d{0,4}$/, 'a page, from 1') ?? 1);
  return {
    ...{ source, interval, range: { from, to }, isWhole: told === null, session, page },
    order: asChoice(Object.keys(orders) as RowOrder[], read.choice('order', Object.keys(orders))) ?? 'due',
    symbol: read.text('symbol', /^\S{1,32}$/, 'a symbol'),
    problems: read.problems,
  };
}

function known(read: ReturnType<typeof queryReader>, name: string): SessionDate | null {
  const date = read.date(name);
  if (date === null || isInSessionYears(date)) return date;
  read.refuse(name, `${name} ${date} is not from ${firstKnown} to ${lastKnown}, which the calendar knows`);
  return null;
}

function later(one: SessionDate, other: SessionDate): SessionDate {
  return one > other ? one : other;
}

/** The same from the first session on of which anything is stored, where nobody said another one. */
export function since(asked: AskedCoverage, first: SessionDate | null): AskedCoverage {
  const { range, isWhole } = asked;
  const isLater = isWhole && first !== null && first > range.from && first <= range.to;
  return isLater ? { ...asked, range: { from: first, to: range.to } } : asked;
}

/** The address of the page, or of another one with the same wishes, with some of them changed. */
export function coveragePath(
  { source, interval, range, order, symbol, session }: AskedCoverage,
  over: Readonly<Record<string, string | number | null>> = {},
  path = '/coverage',
): string {
  return pathWith(path, { source, interval, ...range, order, symbol, session, ...over });
}

/** The form that changes the address; it works without script. */
export function coverageForm(asked: AskedCoverage): Html {
  const { source, interval, range, order, problems } = asked;
  const wrong = (name: string) => (problems.has(name) ? html`aria-invalid="true"` : nothing);
  const select = (name: string, current: string, options: readonly (readonly [string, string])[]) =>
    html`<select name="${name}" id="f-${name}" ${wrong(name)}>
      ${options.map(
        ([value, text]) =>
          html`<option value="${value}" ${value === current ? html`selected` : nothing}>${text}</option>`,
      )}
    </select>`;
  const date = (name: string, value: string) =>
    html`<input name="${name}" id="f-${name}" type="date" value="${value}" ${wrong(name)} />`;
  const labelled = (name: string, text: string, control: Html) =>
    html`<div><label for="f-${name}">${text}</label>${control}</div>`;
  const named = sourceNames.map((name) => [name, providerName(name)] as const);
  return html`<form class="filters" method="get" action="/coverage" aria-label="What is shown">
    ${labelled('source', 'Source', select('source', source, named))}
    ${labelled(
      'interval',
      'Interval',
      select(
        'interval',
        interval,
        intervalNames.map((name) => [name, name]),
      ),
    )}
    ${labelled('from', 'From', date('from', range.from))} ${labelled('to', 'to', date('to', range.to))}
    ${labelled('order', 'Order', select('order', order, Object.entries(orders)))}
    <button class="go">Show</button>
    ${refusals(problems)}
  </form>`;
}
