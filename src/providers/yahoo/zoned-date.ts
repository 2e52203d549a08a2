import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import { MalformedResponse } from '../../domain/provider-errors.ts';

export const newYork = 'America/New_York';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
    return format;
  } catch {
    throw new MalformedResponse('a time zone that does not exist');
  }
}

/** The calendar date there of an instant in epoch milliseconds. Throws `MalformedResponse` for an unknown time zone. */
export function zonedDate(instantMs: number, timeZone: string): SessionDate {
  return timeZone === newYork ? exchangeDate(instantMs) : formatOf(timeZone).format(instantMs);
}
