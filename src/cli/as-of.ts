import type { Command } from 'commander';
import { isCalendarDate } from '../domain/date-range.ts';
import { settledInstant, takeInstant, type AsOf, type AskedInstant } from '../store/as-of.ts';
import type { Database } from '../store/database.ts';
import { isSnapshotName, readSnapshots, snapshotInstant } from '../store/snapshots.ts';
import { UsageError } from './errors.ts';
import { namesOf } from './parameters.ts';

/** What a read is as of. */
export interface AsOfOption {
  readonly asOf?: string;
}

/** Offers `--as-of`. */
export function addAsOfOption(command: Command): Command {
  return command.option('--as-of <t>', 'what was known at an instant, at the end of a date or at a snapshot');
}

const howToWrite =
  'write an instant as 2026-01-31T21:00:00Z, a date as 2026-01-31, or the name of a snapshot';
const instantPattern = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** What a person means, before the store is asked. */
export type WrittenInstant =
  | { readonly kind: 'now' }
  | { readonly kind: 'asked'; readonly option: string; readonly text: string; readonly asked: AskedInstant }
  | { readonly kind: 'snapshot'; readonly option: string; readonly name: string };

/** An instant as a person writes it, now where none is; throws `UsageError` for one that there is not. */
export function parseInstant(option: string, text: string | undefined): WrittenInstant {
  if (text === undefined) return { kind: 'now' };
  const written = JSON.stringify(text.slice(0, 80));
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : instantPattern.exec(text)?.[1];
  if (date === undefined) {
    if (isSnapshotName(text)) return { kind: 'snapshot', option, name: text };
    throw new UsageError(`${option} ${written} is no instant, no date and no name of a snapshot`, howToWrite);
  }
  if (!isCalendarDate(date) || Number.isNaN(Date.parse(text)))
    throw new UsageError(`${option} ${written} is no time that there is`, howToWrite);
  const asked = date === text ? ({ kind: 'date', date } as const) : ({ kind: 'instant', text } as const);
  return { kind: 'asked', option, text, asked };
}

/** `--as-of` as `parseInstant`. */
export function parseAsOf({ asOf }: AsOfOption): WrittenInstant {
  return parseInstant('--as-of', asOf);
}

/** The instant that is meant; throws `UsageError` for what lies ahead or names no snapshot. */
export async function instantOf(db: Database, written: WrittenInstant): Promise<AsOf> {
  if (written.kind === 'now') return takeInstant(db);
  if (written.kind === 'snapshot') return namedInstant(db, written);
  const instant = await settledInstant(db, written.asked);
  if (instant !== null) return instant;
  const { option, text } = written;
  throw new UsageError(`${option} ${text} lies ahead: nothing of it is known yet`, 'name a time before now');
}

async function namedInstant(
  db: Database,
  { option, name }: { readonly option: string; readonly name: string },
): Promise<AsOf> {
  const instant = await snapshotInstant(db, name);
  if (instant !== null) return instant;
  const names = (await readSnapshots(db)).map((snapshot) => snapshot.name);
  const known = names.length === 0 ? 'there is none' : `there are ${namesOf(names)}`;
  throw new UsageError(`${option} ${JSON.stringify(name)} names no snapshot: ${known}`, howToWrite);
}

/** What a title says of an instant: nothing of now. */
export function asOfMark(written: WrittenInstant, instant: AsOf): string {
  return written.kind === 'now' ? '' : `, as of ${instant}`;
}
