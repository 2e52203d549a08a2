import { isCalendarDate } from '../domain/date-range.ts';

/** What stands behind `?`, read value by value; each that cannot be is said, and counts as not given. */
export interface QueryReader {
  /** One of these words. */
  readonly choice: (name: string, allowed: readonly string[]) => string | null;
  /** `YYYY-MM-DD` */
  readonly date: (name: string) => string | null;
  /** Text of a form; `wish` says which. */
  readonly text: (name: string, form: RegExp, wish: string) => string | null;
  /** Adds what only all of them together show. */
  readonly refuse: (name: string, problem: string) => void;
  /** By the name of the value, in words. */
  readonly problems: ReadonlyMap<string, string>;
}

const longestShown = 40;
/** No database takes NUL in a text. */
const isText = /^\P{Cc}*$/u;

export function queryReader(query: URLSearchParams): QueryReader {
  const problems = new Map<string, string>();
  const read = (name: string, isRight: (value: string) => boolean, wish: string) => {
    const [value = '', ...others] = query.getAll(name).map((each) => each.trim());
    if (value === '') return null;
    if (others.length === 0 && isText.test(value) && isRight(value)) return value;
    const shown = value.length > longestShown ? `${value.slice(0, longestShown)}…` : value;
    problems.set(name, others.length > 0 ? `${name} is given twice` : `${name} "${shown}" is not ${wish}`);
    return null;
  };
  return {
    problems,
    choice: (name, allowed) => read(name, (value) => allowed.includes(value), `one of ${allowed.join(', ')}`),
    date: (name) => read(name, isCalendarDate, 'a calendar date, written YYYY-MM-DD'),
    text: (name, form, wish) => read(name, (value) => form.test(value), wish),
    refuse: (name, problem) => void problems.set(name, problem),
  };
}

/** A path with values behind it; those that are null are left out. */
export function pathWith(path: string, values: Readonly<Record<string, string | number | null>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

/** As ids of runs are. */
export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** As the ledger's own ids are. */
export const rowId = /^[1-9]\d{0,15}$/;
