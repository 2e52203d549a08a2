import { DoubtedResponse } from '../domain/provider-errors.ts';
import { isDoubtful, type RejectedRecord } from '../domain/rejected-record.ts';

/** More than anybody looks at. */
const mostEvidence = 1_000;
const namedPlaces = 3;

/** Throws `DoubtedResponse` where too many of an answer's records are `bad` for the others to be believed. */
export function requireBelieved(bad: number, records: number, rejected: readonly RejectedRecord[]): void {
  if (!isDoubtful(bad, records)) return;
  const some = rejected.slice(0, namedPlaces).map(({ wrong }) => wrong);
  const message = `${bad} of ${records} records are bad, and none of the answer is believed: ${some.join(', ')}`;
  throw new DoubtedResponse(message, rejected.slice(0, mostEvidence));
}
