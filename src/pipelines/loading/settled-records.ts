import type { ObservedBar, RejectedRecord } from '../../domain/rejected-record.ts';
import type { BarSeries } from '../../store/bar-layout.ts';
import type { Database } from '../../store/database.ts';
import { evidenceOf } from '../../store/json.ts';
import { quarantineOf, type QuarantineFinding } from '../../store/quarantine.ts';
import type { WeighedAnswer } from './weigh-answer.ts';

/** Whether a person has settled a refused record of an instrument: nothing lacks because of it. */
export type IsSettled = (instrumentId: number, record: RejectedRecord) => boolean;

/** Looks up what persons have settled of some instruments: of a cell the record that was there, of many cells any. */
export async function settledRecords(
  db: Database,
  series: Omit<BarSeries, 'instrumentId'>,
  instrumentIds: readonly number[],
): Promise<IsSettled> {
  const known = await quarantineOf(db, series, instrumentIds);
  const accepted = known.filter(({ status }) => status === 'accepted');
  return (id, record) => accepted.some((finding) => finding.instrumentId === id && isOf(finding, record));
}

function isOf({ from, to, runs, bar }: QuarantineFinding, record: RejectedRecord): boolean {
  const { session } = record;
  if (session === null) return false;
  if (from < to) return runs.some(([first, last]) => first <= session && session <= last);
  return session === from && bar !== null && record.bar !== undefined && isSame(bar, record.bar);
}

function isSame(
  settled: ObservedBar,
  { open, high, low, close, volume, vwap, trades }: ObservedBar,
): boolean {
  const told = { open, high, low, close, volume, vwap, trades };
  const text = (value: unknown) => JSON.stringify(evidenceOf(value));
  return Object.entries(told).every(
    ([name, value]) => text(settled[name as keyof ObservedBar]) === text(value),
  );
}

/** A per-symbol answer without the records that a person has settled. */
export async function withoutSettled(
  db: Database,
  { instrumentId, ...series }: BarSeries,
  weighed: WeighedAnswer,
): Promise<WeighedAnswer> {
  const { rejected } = weighed.answer;
  if (rejected.length === 0) return weighed;
  const isSettled = await settledRecords(db, series, [instrumentId]);
  const open = rejected.filter((record) => !isSettled(instrumentId, record));
  return { ...weighed, answer: { ...weighed.answer, rejected: open } };
}
