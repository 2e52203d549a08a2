import type { Reply } from './http-exchange.ts';

/**
 * How long a provider asks to wait in its `Retry-After`, milliseconds: seconds, decimals too, or an HTTP date (RFC 9110,
 * 5.6.7 and 10.2.3). Null where it names neither.
 */
export function retryAfterMs({ headers, observedAt }: Pick<Reply, 'headers' | 'observedAt'>): number | null {
  const wish = (headers.get('retry-after') ?? '').trim();
  // Before any date: `Date.parse` takes "0.5" for one of 2001.
  if (/^\d+(\.\d+)?$/.test(wish)) return Number(wish) * 1000;
  const instant = httpDateMs(wish, Date.parse(observedAt));
  return instant === null ? null : Math.max(0, instant - Date.parse(observedAt));
}

const month = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const time = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';
/** The form that is sent, and the two older ones that have to be understood. */
const forms = [
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${time} GMT`,
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`, 'i'));

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** The instant of an HTTP date in epoch milliseconds; null for what is none, such as February 30. */
function httpDateMs(text: string, nowMs: number): number | null {
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const at = (name: string) => Number(parts[name]);
    const monthIndex = months.indexOf((parts.month ?? '').toLowerCase());
    const year = parts.year?.length === 2 ? wholeYear(at('year'), nowMs) : at('year');
    const instant = Date.UTC(year, monthIndex, at('day'), at('hour'), at('minute'), at('second'));
    const isOnCalendar = new Date(Date.UTC(year, monthIndex, at('day'))).getUTCMonth() === monthIndex;
    return isOnCalendar && at('day') > 0 ? instant : null;
  }
  return null;
}

/** Two digits more than 50 years ahead are of the century before. */
function wholeYear(digits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + digits;
  return year > thisYear + 50 ? year - 100 : year;
}
