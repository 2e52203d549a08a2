/** What a second try makes of an error: it can help, it never does, or nobody knows. */
export type Persistence = 'passes' | 'lasts' | 'unknown';

/** By SQLSTATE, its class or the whole of it; the longer one counts. */
const bySqlState: Readonly<Record<string, Persistence>> = {
  '08': 'passes', // connection exceptions
  '08P01': 'lasts', // protocol violation
  '25': 'lasts',
  '25006': 'passes', // read-only: a standby that is about to lead
  '25P03': 'passes', // idle in transaction for too long
  '25P04': 'passes', // transaction time-out
  '26': 'passes', // a pooler has lost a prepared statement
  '28': 'passes', // roles and passwords are put right by people
  '40': 'passes', // deadlocks and serialization failures
  '40002': 'lasts', // a constraint
  '53': 'passes', // disk full, out of memory, too many connections
  '55': 'unknown',
  '55006': 'passes', // object in use
  '55P03': 'passes', // lock not available
  '57': 'passes', // shut down, starting, cancelled
  '57P04': 'lasts', // the database was dropped
  '58': 'passes', // input and output
  '58P01': 'lasts', // undefined file
  '72': 'passes', // snapshot too old
  HV: 'unknown',
  XX: 'unknown',
  XX001: 'lasts', // corrupted data
  XX002: 'lasts', // a corrupted index
};

const sqlState = /^[0-9A-Z]{5}$/;

/** Every other class says that the statement or its values are wrong. */
function ofSqlState(code: string): Persistence {
  return bySqlState[code] ?? bySqlState[code.slice(0, 2)] ?? 'lasts';
}

/** Codes of node for connections, name servers and resources. */
const passingCodes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTCONN', 'ESHUTDOWN'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENETRESET', 'EADDRNOTAVAIL', 'EAI_AGAIN'],
  ...['ENOTFOUND', 'EMFILE', 'ENFILE', 'ENOSPC', 'ENOMEM', 'EAGAIN', 'EBUSY', 'EIO', 'EDQUOT'],
  ...['ERR_SOCKET_CLOSED', 'ERR_SOCKET_CONNECTION_TIMEOUT', 'ERR_STREAM_PREMATURE_CLOSE'],
]);

/** What the driver says without any code when a connection goes, or cannot be had. */
const passingMessages = [
  /^Connection terminated/,
  /^Connection ended/,
  /timeout exceeded when trying to connect/,
  /timeout expired/,
  /connection error and is not queryable/,
  /was closed and is not queryable/,
  /Query read timeout/,
  /after calling end on the pool/,
  /driver has already been destroyed/,
  /the transaction was rolled back$/,
];

/** Mistakes in the program, whatever they say. */
const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError];

const deepest = 8;

/**
 * Whether trying again removes an error of the database, of the way to it, or of the program. What an error gives as its
 * cause, and each part of several at once, is asked where the error itself does not say.
 */
export function persistenceOf(error: unknown, depth = 0): Persistence {
  if (!(error instanceof Error) || depth > deepest) return 'unknown';
  const own = ofErrorItself(error);
  if (own !== 'unknown') return own;
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const all = [...parts, error.cause].map((part) => persistenceOf(part, depth + 1));
  if (all.includes('passes')) return 'passes';
  return all.includes('lasts') ? 'lasts' : 'unknown';
}

function ofErrorItself(error: Error): Persistence {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  // The socket of a server that is about to start is not there yet.
  if (syscall === 'connect') return 'passes';
  if (typeof code === 'string') {
    if (passingCodes.has(code)) return 'passes';
    // Node's own codes are words, PostgreSQL's have five letters and digits, one of which is a digit.
    if (sqlState.test(code) && /\d/.test(code)) return ofSqlState(code);
  }
  if (passingMessages.some((said) => said.test(error.message))) return 'passes';
  return mistakes.some((kind) => error instanceof kind) ? 'lasts' : 'unknown';
}
