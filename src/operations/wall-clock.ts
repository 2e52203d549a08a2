import { clockFormat } from '../domain/exchange-time.ts';

/** Instants as the clock on a wall shows them, in one zone that the head of a table names. */
export interface WallClock {
  readonly zone: string;
  /** `2026-11-25 20:00`; null for null. */
  readonly minute: (instant: string | Date | null) => string | null;
  /** `2026-11-25 20:00:05`; null for null. */
  readonly second: (instant: string | Date | null) => string | null;
  /** `20:00`; null for null. */
  readonly hour: (instant: string | Date | null) => string | null;
}

/** The clock of a zone of the tz database; throws `RangeError` for a zone that there is not. */
export function wallClock(zone: string): WallClock {
  const format = clockFormat(zone);
  const read = (instant: string | Date) =>
    Object.fromEntries(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const shown =
    (write: (parts: Partial<Record<string, string>>) => string) => (instant: string | Date | null) =>
      instant === null ? null : write(read(instant));
  const date = ({ year, month, day }: Partial<Record<string, string>>) => `${year}-${month}-${day}`;
  return {
    zone,
    minute: shown((parts) => `${date(parts)} ${parts.hour}:${parts.minute}`),
    second: shown((parts) => `${date(parts)} ${parts.hour}:${parts.minute}:${parts.second}`),
    hour: shown((parts) => `${parts.hour}:${parts.minute}`),
  };
}
