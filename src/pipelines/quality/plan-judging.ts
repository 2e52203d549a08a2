import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { firstKnown, type SessionDate } from '../../domain/session.ts';
import type { ValidationRun } from '../../runs/validation-request.ts';
import type { Store } from '../../store/database.ts';
import { instrumentsWithBars } from '../../store/judged-cells.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { readRunSessions } from '../../store/runs.ts';
import { namedInstruments } from '../planning/wished-instruments.ts';
import { scoreMarket } from './score-market.ts';
import { rulesOf, type ValidationWish } from './validate-batch.ts';

/** What is to be judged: ids of instruments, a list a batch. */
export interface ValidationPlan {
  readonly batches: readonly (readonly number[])[];
  readonly wish: ValidationWish;
}

/** A symbol that is asked for, and that nobody knows or several could be. */
export class SymbolsUnknown extends Error {
  override readonly name = 'SymbolsUnknown';
}

/** Cuts the instruments of a request into batches; throws `SymbolsUnknown` that names those that are none. */
export async function planJudging(
  store: Store,
  { runId, request }: ValidationRun,
  batchSize: number,
): Promise<ValidationPlan> {
  const { range } = await readRunSessions(store.db, runId);
  const everything = request.symbols === undefined && request.maxSymbols === undefined;
  const nightly = twentiethOf(request, range.to);
  const wish = { runId, range, checks: request.checks ?? null, everything, ...nightly };
  const ids = await instrumentsAsked(store, request, wish);
  // Of a few nobody can tell what all of them did: there is what an earlier run has kept.
  if (everything) await scoreMarket(store, ids, range);
  const batches = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, at) =>
    ids.slice(at * batchSize, (at + 1) * batchSize),
  );
  const message = `${ids.length} symbols, sessions from ${range.from} to ${range.to}, ${rulesOf(wish).length} rules`;
  await addRunEvents(store.db, runId, [{ level: 'info', message }]);
  return { batches, wish };
}

/** The nightly run, which waits and names no range, compares one twentieth of all history: each after twenty sessions. */
function twentiethOf(
  { rows, symbols, waitSeconds }: ValidationRun['request'],
  session: SessionDate,
): Pick<ValidationWish, 'twentieth'> {
  if ('range' in rows || symbols !== undefined || waitSeconds === null) return {};
  return { twentieth: sessionsBetween({ from: firstKnown, to: session }).length % 20 };
}

async function instrumentsAsked(
  { db }: Store,
  { symbols, maxSymbols = Infinity }: ValidationRun['request'],
  { range }: ValidationWish,
): Promise<readonly number[]> {
  if (symbols === undefined) return (await instrumentsWithBars(db, range)).slice(0, maxSymbols);
  const wished = await namedInstruments(db, symbols);
  const unknown = wished.filter(({ instrument }) => instrument === null);
  if (unknown.length > 0) {
    const named = unknown.map(({ symbol, ambiguity }) => ambiguity?.message ?? `no instrument ${symbol}`);
    throw new SymbolsUnknown(`${named.slice(0, 5).join('; ')}: nothing was judged`);
  }
  return wished.flatMap(({ instrument }) => instrument?.id ?? []).slice(0, maxSymbols);
}
