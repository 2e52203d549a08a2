import { DAYS_OF_WEEK, MONTHS, type CalendarSpecDescription, type Range } from '@temporalio/client';

/** The five fields of a cron line, with the least and greatest value of each. */
const fields = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['dayOfMonth', 1, 31],
  ['month', 1, 12],
  ['dayOfWeek', 0, 6],
] as const;

type Calendar = Omit<CalendarSpecDescription, 'comment'>;

/**
 * What Temporal makes of a cron line: it keeps the structure, not the text. Throws for fields other than `*`, numbers,
 * ranges, steps and lists of them.
 */
export function calendarOf(cron: string): Calendar {
  const texts = cron.trim().split(/\s+/);
  if (texts.length !== fields.length) throw new Error(`not five fields: ${cron}`);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields.map(([name, least, most], index) =>
    (texts[index] ?? '').split(',').map((part) => rangeOf(part, name, least, most)),
  ) as [Numbers, Numbers, Numbers, Numbers, Numbers];
  const second = [{ start: 0, end: 0, step: 1 }];
  return {
    second,
    minute,
    hour,
    dayOfMonth,
    month: month.map((range) => named(range, [undefined, ...MONTHS])),
    year: [],
    dayOfWeek: dayOfWeek.map((range) => named(range, DAYS_OF_WEEK)),
  };
}

type Numbers = Range<number>[];

function rangeOf(part: string, name: string, least: number, most: number): Range<number> {
  const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
  if (match === null) throw new Error(`not understood for ${name}: ${part}`);
  const [, from, to, step] = match;
  const start = from === undefined ? least : Number(from);
  const end = to !== undefined ? Number(to) : from === undefined || step !== undefined ? most : start;
  if (start < least || end > most || end < start) throw new Error(`out of range for ${name}: ${part}`);
  return { start, end, step: step === undefined ? 1 : Number(step) };
}

function named<T extends string>(
  { start, end, step }: Range<number>,
  names: readonly (T | undefined)[],
): Range<T> {
  const [first, last] = [names[start], names[end]];
  if (first === undefined || last === undefined) throw new Error(`no name for ${start} to ${end}`);
  return { start: first, end: last, step };
}
