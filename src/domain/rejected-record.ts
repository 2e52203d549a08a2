import type { SessionDate } from './session.ts';
import { isStorable } from './storable-text.ts';

/** What a record tells of a bar, field by field, whatever that is; prices in the source's own numbers. */
export interface ObservedBar {
  readonly open: unknown;
  readonly high: unknown;
  readonly low: unknown;
  readonly close: unknown;
  readonly volume: unknown;
  readonly vwap?: unknown;
  readonly trades?: unknown;
}

/** A record of a provider's answer that cannot be: left out, and kept as evidence. */
export interface RejectedRecord {
  /** Whose it is, as the provider writes it; null where it does not say. */
  readonly symbol: string | null;
  /** The session that it is of; null where that cannot be told. */
  readonly session: SessionDate | null;
  /** When the bar of a part of a session would begin, ISO 8601. */
  readonly opensAt?: string;
  /** The field at fault; empty where the record as a whole is none. */
  readonly field: string;
  /** What is wrong, in words that repeat no text of the record. */
  readonly wrong: string;
  /** As it came, parsed JSON. */
  readonly record: unknown;
  /** Of a row of prices: what it says; absent: it is none. */
  readonly bar?: ObservedBar;
  /** It is of a day on which there was no session, and nothing else is wrong with it. */
  readonly isOffSession?: true;
}

const mostBad = 3;
const badShare = 0.01;

/** True where so many records of an answer are bad that the others are not believed either. */
export function isDoubtful(bad: number, records: number): boolean {
  return bad > mostBad && bad > badShare * records;
}

/** A field of what may be no object. */
export function fieldOf(record: unknown, field: string): unknown {
  return typeof record === 'object' && record !== null ? Reflect.get(record, field) : undefined;
}

/** What is wrong with a record, by what its field at fault holds; texts are not repeated. */
export function wrongIn(record: unknown, field: string): string {
  return field === '' ? `the record is ${nameOf(record)}` : `${field} is ${nameOf(fieldOf(record, field))}`;
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === '') return 'empty';
  if (typeof value === 'string') return isStorable(value) ? 'text' : 'text that cannot be stored';
  return Array.isArray(value) ? 'a list' : 'an object';
}
