import { setTimeout as delay } from 'node:timers/promises';
import type { Caller } from '../../providers/provider.ts';
import type { Database } from '../../store/database.ts';
import { endTurn, keepTurn, takeTurn, type TurnWish } from '../../store/turns.ts';

/** A turn whose holder has not been heard of for so long is anybody's: it has died. */
const silentMs = 60_000;
const lookEveryMs = 500;

/** Who wants a turn; a run since it began, unless it is told. */
export type Wanted = Omit<TurnWish, 'lane'> & Caller;

/** Does work in its turn, as soon as nobody else does it; null where that has made it needless. */
export async function inTurn<T>(db: Database, wanted: Wanted, work: () => Promise<T>): Promise<T | null> {
  for (;;) {
    wanted.signal.throwIfAborted();
    const turn = await takeTurn(db, wanted, silentMs);
    if (turn === 'done') return null;
    if (turn === 'ours') return held(db, wanted, work);
    await delay(Math.min(lookEveryMs, turn.busyMs + 1), undefined, { signal: wanted.signal });
  }
}

/** The same without waiting: null also where another does it at the moment. */
export async function unlessTaken<T>(
  db: Database,
  wanted: Wanted,
  work: () => Promise<T>,
): Promise<T | null> {
  const turn = await takeTurn(db, wanted, silentMs);
  return turn === 'ours' ? held(db, wanted, work) : null;
}

/** Another has the turn: whoever wants it comes again. */
export class TurnOfAnother extends Error {
  override readonly name = 'TurnOfAnother';
  readonly resumeInMs: number;
  constructor(name: string, resumeInMs: number) {
    super(`another run is at it: ${name}`);
    this.resumeInMs = resumeInMs;
  }
}

/** So long after it has asked for its turn it asks again. */
const askAgainMs = 2_000;

/** A turn for work of several steps, until it is ended; throws `TurnOfAnother`. */
export async function enterTurn(db: Database, wanted: Omit<TurnWish, 'since'>): Promise<void> {
  const turn = await takeTurn(db, { ...wanted, since: null }, silentMs);
  if (typeof turn === 'object') throw new TurnOfAnother(wanted.name, Math.min(askAgainMs, turn.busyMs + 1));
}

/** Leaves a turn that is ours, for the next step to go on with within so long. */
export async function leaveTurn(
  db: Database,
  turn: Pick<TurnWish, 'name' | 'holder'>,
  forMs: number,
): Promise<void> {
  await keepTurn(db, turn, forMs + silentMs);
}

async function held<T>(db: Database, wanted: Wanted, work: () => Promise<T>): Promise<T> {
  let done = false;
  try {
    const result = await keptWhile(db, wanted, work);
    done = true;
    return result;
  } finally {
    await endTurn(db, wanted, { done });
  }
}

/** Keeps a turn that is ours while work goes on, however long it waits. */
export async function keptWhile<T>(
  db: Database,
  turn: Pick<TurnWish, 'name' | 'holder'>,
  work: () => Promise<T>,
): Promise<T> {
  // One that is lost costs requests, never data: what it was for says of the database what has to be said.
  const beat = setInterval(() => void keepTurn(db, turn, silentMs).catch(() => undefined), silentMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
