import type { ColumnType } from 'kysely';

/** Written as a Date or ISO 8601 text, read as a Date. */
export type Instant = ColumnType<Date, Date | string, Date | string>;
export type NullableInstant = ColumnType<Date | null, Date | string | null, Date | string | null>;
