import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { sessionDaysBetween } from '../../calendar/exchange-calendar.ts';
import type { SourceName } from '../../domain/source.ts';
import { groupsOf } from '../../identity/misplaced-groups.ts';
import { takeInstant } from '../../store/as-of.ts';
import type { Store } from '../../store/database.ts';
import { symbolsById } from '../../store/instruments.ts';
import { mergeDuplicates, type Merger } from '../../store/misplaced/merge-duplicates.ts';
import type { Mover } from '../../store/misplaced/note-moves.ts';
import { notePlaced, putInPlace, type Move } from '../../store/misplaced/put-in-place.ts';
import { misplacements, suspects } from '../../store/misplaced/suspects.ts';
import { addRunEvents, type RunEvent } from '../../store/run-events.ts';
import { transaction, type Transaction } from '../../store/transaction.ts';
import { reconcile } from '../actions/reconcile.ts';

/** What was put right. */
export interface PutRight {
  /** Rows that lay under the wrong instrument. */
  readonly moved: number;
  /** Instruments that turned out to be another one under an earlier ticker. */
  readonly merged: number;
}

/** So many are looked at together. */
const chunk = 500;

/**
 * Moves what is stored under one instrument and belongs, by what is known now of who bore which ticker when, to another: each
 * group of instruments that have something of each other in one transaction. Done again it changes nothing. `now`: our clock;
 * without a run it is done at the word of a person.
 */
export async function putRight(
  { store, vocabulary, now }: { store: Store; vocabulary: SourceName; now: () => Date },
  runId: string | null,
): Promise<PutRight> {
  // What becomes known from now on is not looked at, and looked at the next time.
  const at = await takeInstant(store.db);
  const ids = await suspects(store.db, vocabulary);
  const found = [];
  for (let start = 0; start < ids.length; start += chunk)
    found.push(...(await misplacements(store.db, vocabulary, ids.slice(start, start + chunk))));
  const groups = groupsOf(found);
  const outcome = { moved: 0, merged: 0 };
  for (const group of groups) {
    const { moves, mergers } = await patiently(() =>
      transaction(store, (tx) => moveAmong(tx, vocabulary, { ids: group, runId }, now().toISOString())),
    );
    outcome.moved += moves.reduce((sum, { rows }) => sum + rows, 0);
    outcome.merged += mergers.length;
    if (runId !== null) await addRunEvents(store.db, runId, await eventsOf(store, moves, mergers));
  }
  const moving = new Set(groups.flat());
  const others = ids.filter((id) => !moving.has(id));
  const mergers = await transaction(store, async (tx) => {
    await notePlaced(tx, others, sql`${at}::timestamptz`);
    return mergeDuplicates(tx, vocabulary, others);
  });
  if (runId !== null) await addRunEvents(store.db, runId, await eventsOf(store, [], mergers));
  return { ...outcome, merged: outcome.merged + mergers.length };
}

/** Puts all in place among some instruments, and judges their corporate actions by the prices that they have now. */
export async function moveAmong(
  tx: Transaction,
  vocabulary: SourceName,
  mover: Mover,
  asOf: string,
): Promise<{ readonly moves: readonly Move[]; readonly mergers: readonly Merger[] }> {
  const done = await putInPlace(tx, vocabulary, mover, sessionDaysBetween);
  const concerned = new Set(done.moves.flatMap(({ from, to }) => [from, to]));
  await reconcile(tx, { runId: mover.runId, asOf }, [...concerned]);
  return done;
}

const attempts = 20;
const pauseMs = 250;

/** Again where others hold what it needs: it holds up everybody who writes, so it does not wait for them. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !isLockTimeout(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01');
}

async function eventsOf(
  store: Store,
  moves: readonly Move[],
  mergers: readonly Merger[],
): Promise<readonly RunEvent[]> {
  const ids = [
    ...moves.flatMap(({ from, to }) => [from, to]),
    ...mergers.map(({ mergedInto }) => mergedInto),
  ];
  const names = await symbolsById(store.db, ids);
  const nameOf = (id: number) => names.get(id) ?? `instrument ${id}`;
  const pairs = Map.groupBy(moves, ({ from, to }) => `${from} ${to}`);
  return [
    ...[...pairs.values()].map((own): RunEvent => {
      const [from, to] = [nameOf(own[0]?.from ?? 0), nameOf(own[0]?.to ?? 0)];
      const what = own.map(({ what, rows }) => `${rows} of ${what}`).join(', ');
      const message = `what lay under ${from} and is that of ${to} was moved: ${what}`;
      return { level: 'info', symbol: to, message, data: { moves: own } };
    }),
    ...mergers.map((merger): RunEvent => {
      const symbol = nameOf(merger.mergedInto);
      const message = `${merger.symbol} is ${symbol} under an earlier ticker`;
      return { level: 'info', symbol, message, data: { merger } };
    }),
  ];
}
