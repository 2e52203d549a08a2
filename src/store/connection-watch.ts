import type { Socket } from 'node:net';
import type pg from 'pg';
import { judgeSessions, processIdOf, type AtWork } from './silent-backends.ts';

/** How long a database may be silent. */
export interface DatabasePatience {
  /** No byte has come or gone for so long while an answer is due: then it is asked whether the server works on it. */
  readonly silentMs: number;
  /** The answer to that has to be there within so long. */
  readonly answerMs: number;
  /** Where the server cannot say, a statement may take so long. */
  readonly blindMs: number;
}

/**
 * The first two together are less than half a minute. A statement that the server works on may take as long as it takes;
 * behind a pooler, of which nobody can tell, as long as most.
 */
export const usualPatience: DatabasePatience = { silentMs: 10_000, answerMs: 14_000, blindMs: 600_000 };

/** A connection over which nothing comes any more, although it looks open; what was asked over it may have been done. */
export class DatabaseSilent extends Error {
  override readonly name = 'DatabaseSilent';
  readonly code = 'ETIMEDOUT';
}

/** The bytes of a connection over which an answer is due, and since when there are no more. */
interface Due {
  readonly bytes: number;
  readonly since: number;
  /** When the server was asked about it last, or else since then. */
  readonly askedAt: number;
}

interface Watched {
  readonly pool: pg.Pool;
  readonly config: pg.ClientConfig;
  readonly patience: DatabasePatience;
  readonly onLost: (error: Error) => void;
}

/** A server that is told goodbye closes the connection within that. */
const goodbyeMs = 1_000;
/** How often it is looked, as a part of the time that may be silent. */
const looks = 5;

/**
 * Ends the connections of a pool over which an answer is due that will not come: nothing has come for long, and the
 * server, asked over another connection, does not work on it or is silent as well. Returns what ends the watch.
 */
export function watchConnections(watched: Watched): () => void {
  const { pool, patience } = watched;
  const dues = new Map<pg.PoolClient, Due | null>();
  pool.on('connect', (client) => {
    dues.set(client, null);
    // One that is lost while nobody asks it anything would end the process.
    client.on('error', () => undefined);
    client.once('end', () => dues.delete(client));
  });
  let asking = false;
  const look = async () => {
    const now = performance.now();
    for (const [client, due] of dues) dues.set(client, dueNow(client, due, now));
    const silent = [...dues].flatMap(([client, due]) =>
      due !== null && now - due.askedAt >= patience.silentMs ? [{ client, due }] : [],
    );
    if (silent.length === 0 || asking) return;
    asking = true;
    for (const { client, due } of silent) dues.set(client, { ...due, askedAt: now });
    await endDead(watched, silent).finally(() => (asking = false));
  };
  const timer = setInterval(() => void look(), patience.silentMs / looks).unref();
  return () => {
    clearInterval(timer);
    // One over which no goodbye comes back would keep the process.
    setTimeout(() => dues.forEach((_, client) => socketOf(client).destroy()), goodbyeMs).unref();
  };
}

function dueNow(client: pg.PoolClient, due: Due | null, now: number): Due | null {
  if (!isWaiting(client)) return null;
  const bytes = bytesOf(client);
  return due?.bytes === bytes ? due : { bytes, since: now, askedAt: now };
}

/** True while the server owes an answer. */
function isWaiting(client: pg.PoolClient): boolean {
  return (client as unknown as { readonly readyForQuery?: boolean }).readyForQuery === false;
}

function socketOf(
  client: pg.PoolClient,
): Pick<Socket, 'bytesRead' | 'bytesWritten' | 'destroyed' | 'destroy'> {
  const { connection } = client as unknown as { readonly connection: { readonly stream: Socket } };
  return connection.stream;
}

function bytesOf(client: pg.PoolClient): number {
  const { bytesRead, bytesWritten } = socketOf(client);
  return bytesRead + bytesWritten;
}

interface Silent {
  readonly client: pg.PoolClient;
  readonly due: Due;
}

async function endDead({ config, patience, onLost }: Watched, silent: readonly Silent[]): Promise<void> {
  const giveUp = (atWork: AtWork | Error): readonly number[] =>
    silent
      .filter((one) => isDead(one, atWork, patience))
      .map(({ client, due }) => {
        const seconds = Math.round((performance.now() - due.since) / 1000);
        const error = new DatabaseSilent(
          `the database has not answered for ${seconds} s, and ${whatElse(atWork)}: the connection is given up`,
        );
        onLost(error);
        socketOf(client).destroy(error);
        return processIdOf(client);
      });
  const processIds = silent.map(({ client }) => processIdOf(client));
  try {
    await judgeSessions({ config, processIds, answerMs: patience.answerMs, judge: giveUp });
  } catch (error) {
    giveUp(error instanceof Error ? error : new Error(String(error)));
  }
}

function isDead({ client, due }: Silent, atWork: AtWork | Error, { blindMs }: DatabasePatience): boolean {
  // Its answer may have waited for us.
  if (!isWaiting(client) || bytesOf(client) !== due.bytes || socketOf(client).destroyed) return false;
  if (atWork instanceof Error) return true;
  return atWork === null ? performance.now() - due.since >= blindMs : !atWork.has(processIdOf(client));
}

function whatElse(atWork: AtWork | Error): string {
  if (atWork instanceof Error) return `cannot be reached (${atWork.message})`;
  return atWork === null ? 'cannot say whether it will' : 'does not work on what it was asked';
}
