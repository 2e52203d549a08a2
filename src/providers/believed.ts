import { DoubtedResponse } from '../domain/provider-errors.ts';
import { isDoubtful, type RejectedRecord } from '../domain/rejected-record.ts';

/** More than anybody looks at. */
const mostEvidence = 1_000;
const namedPlaces = 3;

/** Throws `DoubtedResponse` where too many of an answer's records are `bad` for the others to be believed. */
export function requireBelieved(bad: number, records: number, rejected: readonly RejectedRecord[]): void {
  if (!isDoubtful(bad, records)) return;
  const some = rejected.slice(0, namedPlaces).map(({ wrong }) => wrong);
  const many = bad > mostEvidence ? `more than ${mostEvidence}` : String(bad);
  const message = `${many} of ${records} records are bad, and none of the answer is believed: ${some.join(', ')}`;
  throw new DoubtedResponse(message, rejected.slice(0, mostEvidence));
}

/**
 * The same while an answer is read: of one that is doubted whatever follows no more mistakes are gathered than anybody
 * looks at.
 */
export function requireHope(rejected: readonly RejectedRecord[], records: number): void {
  if (rejected.length > mostEvidence) requireBelieved(rejected.length, records, rejected);
}
