import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import { BrokenPaging, NotEntitled, ProviderError } from '../../domain/provider-errors.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sources } from '../../domain/source.ts';
import type { Caller, InstrumentPage, PastPageWish, PastReference } from '../../providers/provider.ts';
import { pastLists, keepDatedList, type ListedReference } from '../../store/dated-lists.ts';
import type { Store } from '../../store/database.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { transaction } from '../../store/transaction.ts';
import { inquire } from '../sources/inquiry.ts';

export interface PastDeps extends Caller {
  readonly store: Store;
  readonly past: PastReference;
  /** Our clock. */
  readonly now: () => Date;
}

/** A key may have a larger plan by then: what was refused is asked for again. */
const plansChangeMs = 30 * 86_400_000;

/** A thousand instruments a page: far more than there ever were. */
const mostPages = 200;
const isLastOfMonth = (date: SessionDate, sessions: readonly SessionDate[], at: number) =>
  date.slice(0, 7) !== (sessions[at + 1] ?? '').slice(0, 7);

/** The last session of each month that is over, latest first, as far back as a source can be asked. */
export function monthEndsUpTo(today: SessionDate, from: SessionDate): readonly SessionDate[] {
  const sessions = sessionsBetween({ from, to: addDays(today, -1) }).map(({ session }) => session);
  return sessions
    .filter((date, at) => isLastOfMonth(date, sessions, at) && date.slice(0, 7) < today.slice(0, 7))
    .reverse();
}

/**
 * Reads the lists of the month ends that were not read before, latest first, until the plan of the key refuses one: those
 * before it are not asked for. Returns how many were read; a provider's error where one cannot be.
 */
export async function readPastLists(deps: PastDeps, runId: string): Promise<number | ProviderError> {
  const { store, past, now } = deps;
  const source = past.name;
  const { pastListsFrom: from } = sources[source];
  if (from === null) return 0;
  const known = new Map((await pastLists(store.db, source)).map((list) => [list.date, list]));
  let read = 0;
  for (const date of monthEndsUpTo(exchangeDate(now().getTime()), from)) {
    const before = known.get(date);
    if (before?.refused === true && now().getTime() - before.readAt.getTime() < plansChangeMs) break;
    if (before?.refused === false) continue;
    const bearers = await readListOn(deps, { date, place: 'stocks' }, runId);
    const refused = bearers instanceof NotEntitled;
    if (bearers instanceof ProviderError && !refused) return bearers;
    await transaction(store, (tx) =>
      keepDatedList(tx, { source, runId }, { date, refused }, refused ? [] : bearers),
    );
    if (refused) break;
    read += 1;
  }
  if (read > 0) {
    const message = `${read} lists of past month ends were read`;
    await addRunEvents(store.db, runId, [{ level: 'info', message }]);
  }
  return read;
}

/** Who is on the list of a day, to its end; a provider's error where it cannot be read. */
export async function readListOn(
  { store: { db }, past, signal, lane }: PastDeps,
  { date, place }: Omit<PastPageWish, 'next'>,
  runId: string,
): Promise<readonly ListedReference[] | ProviderError> {
  const inquiry = { db, source: past.name, runId, counts: 'lookups', signal, lane } as const;
  const bearers: ListedReference[] = [];
  const asked = new Set<string | null>();
  let next: string | null = null;
  do {
    if (asked.has(next) || asked.size >= mostPages)
      return new BrokenPaging(`page ${asked.size + 1} is one too many`);
    asked.add(next);
    const at: string | null = next;
    const page: InstrumentPage | ProviderError = await inquire(inquiry, (options) =>
      past.listOn({ date, place, next: at }, options),
    );
    if (page instanceof ProviderError) return page;
    bearers.push(
      ...page.instruments.map(({ symbol, figi, cik, type, name }) => ({
        ticker: symbol,
        figi,
        cik,
        type,
        name,
      })),
    );
    next = page.next;
  } while (next !== null);
  return bearers;
}
