import pg from 'pg';

/** Which sessions of a server work on a statement; null: it does not say. */
export type AtWork = ReadonlySet<number> | null;

interface Question {
  readonly config: pg.ClientConfig;
  /** Of sessions whose answer has not come. */
  readonly processIds: readonly number[];
  /** A server that takes longer to answer is silent itself. */
  readonly answerMs: number;
  /** Hears which sessions are at work; says which are to be ended. */
  readonly judge: (atWork: AtWork) => readonly number[];
}

/** A session that waits for a lock is at work; one that waits for us to send, or to take what it sends, is not. */
const atWorkAmong = `select pid from pg_stat_activity where pid = any($1)
  and coalesce(state, 'active') not like 'idle%' and wait_event_type is distinct from 'Client'`;
const endSessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid = any($1) and usename = current_user`;

/**
 * Asks over a connection of its own which sessions are at work, and ends those that are judged lost: one to which nothing
 * comes through any more would hold its locks. It is null where a pooler stands between, whose numbers are not the
 * server's, or the server is there but takes nobody more. Throws where it cannot be reached.
 */
export async function judgeSessions({ config, processIds, answerMs, judge }: Question): Promise<void> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: answerMs });
  client.on('error', () => undefined);
  const timer = setTimeout(() => client.connection.stream.destroy(), answerMs);
  try {
    await client.connect();
    const { rows: own } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const isDirect = own[0]?.pid === processIdOf(client);
    const ended = judge(isDirect ? await pidsOf(client, processIds) : null);
    if (ended.length > 0) await client.query(endSessions, [ended]);
  } catch (error) {
    if (!isAlive(error)) throw error;
    judge(null);
  } finally {
    clearTimeout(timer);
    client.connection.stream.destroy();
  }
}

async function pidsOf(client: pg.Client, processIds: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ pid: number }>(atWorkAmong, [processIds]);
  return new Set(rows.map(({ pid }) => pid));
}

/** The server has answered, if only to say no: but for one that shuts down or begins, which has no sessions. */
function isAlive(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code?.startsWith('57') !== true;
}

/** What the server, or a pooler, has called the session; NaN before it has. */
export function processIdOf(client: pg.ClientBase): number {
  return (client as unknown as { readonly processID: number | null }).processID ?? NaN;
}
