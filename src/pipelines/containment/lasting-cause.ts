import pg from 'pg';
import type { LoadError, LoadErrorKind } from '../../domain/load-error.ts';
import { cutText, storableText } from '../../domain/storable-text.ts';
import { persistenceOf } from '../../store/error-persistence.ts';

/** Characters of a cause: one that quotes what came could be as long as that. */
const mostOfCause = 500;

/**
 * True for what no second try removes. A statement that the server has refused for a cause nobody knows is none of its
 * connection, and counts as well.
 */
export function failsForGood(error: unknown): boolean {
  const persistence = persistenceOf(error);
  return persistence === 'lasts' || (persistence === 'unknown' && sqlStateOf(error) !== null);
}

/** Why what came cannot be stored, as the ledger says it. */
export function writeRefusal(error: unknown): LoadError {
  return causeOf('WriteRefused', 'what came cannot be stored', error);
}

/** Why nothing can be made of an answer: what it means, or what the database has against what it says. */
export function answerFailure(error: unknown): LoadError {
  if (sqlStateOf(error) !== null) return writeRefusal(error);
  return causeOf('ComputationFailed', 'it cannot be worked out what the answer means', error);
}

function causeOf(kind: LoadErrorKind, what: string, error: unknown): LoadError {
  const state = sqlStateOf(error);
  const said = error instanceof Error ? error.message || error.name : String(error);
  const code = state === null ? '' : ` (SQLSTATE ${state})`;
  return { kind, message: `${what}: ${cutText(storableText(said), mostOfCause)}${code}` };
}

function sqlStateOf(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}
