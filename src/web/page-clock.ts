import { html, type Html } from './markup.ts';

/** Times as a page says them, in one zone that its header names. */
export interface PageClock {
  /** As the tz database has it. */
  readonly zone: string;
  /** The zone in a word, such as `Chicago`. */
  readonly place: string;
  /** `20:01` today, `Tue 24 Nov 20:01` in this year, `24 Nov 2025 20:01` before; the exact instant beside it. */
  readonly when: (instant: Date | string) => Html;
  /** The same as text alone. */
  readonly whenText: (instant: Date | string) => string;
  /** The same with its seconds. */
  readonly second: (instant: Date | string) => Html;
  /** `20:01` */
  readonly hour: (instant: Date | string) => string;
  /** `2026-11-24`, for what is asked by days. */
  readonly date: (instant: Date | string) => string;
  /** `Tue 24 Nov` */
  readonly day: (instant: Date | string) => string;
}

interface Parts {
  readonly date: string;
  readonly weekday: string;
  readonly day: string;
  readonly month: string;
  readonly year: string;
  readonly hour: string;
  readonly second: string;
}

/** The clock of a zone of the tz database at an instant. */
export function pageClock(zone: string, now: Date): PageClock {
  const read = reader(zone);
  const today = read(now);
  const whenText = (instant: Date | string) => {
    const { date, weekday, day, month, year, hour } = read(new Date(instant));
    if (date === today.date) return hour;
    return year === today.year ? `${weekday} ${day} ${month} ${hour}` : `${day} ${month} ${year} ${hour}`;
  };
  return {
    zone,
    place: placeOf(zone),
    whenText,
    when: (instant) => element(instant, whenText(instant)),
    second: (instant) => element(instant, `${whenText(instant)}:${read(new Date(instant)).second}`),
    hour: (instant) => read(new Date(instant)).hour,
    date: (instant) => read(new Date(instant)).date,
    day: (instant) => {
      const { weekday, day, month } = read(new Date(instant));
      return `${weekday} ${day} ${month}`;
    },
  };
}

function element(instant: Date | string, text: string): Html {
  const exact = new Date(instant).toISOString();
  return html`<time datetime="${exact}" title="${exact}">${text}</time>`;
}

function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const readers = new Map<string, (instant: Date) => Parts>();

/** To make a format takes longer than a page has. */
function reader(zone: string): (instant: Date) => Parts {
  const known = readers.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const made = (instant: Date) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    const { weekday = '', day = '', month = '', year = '', hour = '', minute = '', second = '' } = parts;
    const number = String(months.indexOf(month) + 1).padStart(2, '0');
    const date = `${year}-${number}-${day.padStart(2, '0')}`;
    return { date, weekday, day, month, year, hour: `${hour}:${minute}`, second };
  };
  readers.set(zone, made);
  return made;
}

/** A session's date, which has no zone: `24 Nov 2026`. */
export function sessionText(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${Number(day)} ${months[Number(month) - 1] ?? month} ${year}`;
}

/** The first and the last of several sessions, or the only one. */
export function sessionsText({ from, to }: { readonly from: string; readonly to: string }): string {
  return from === to ? sessionText(from) : `${sessionText(from)} to ${sessionText(to)}`;
}
