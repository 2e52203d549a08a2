import { addDays } from '../domain/date-range.ts';
import type { SessionDate } from '../domain/session.ts';
import type { BorderSource } from './border.ts';
import type { Identity } from './identities.ts';

/** An instrument as stored, as far as it can be told from others by it. */
export interface KnownInstrument {
  readonly id: number;
  readonly symbol: string;
  readonly figi: string | null;
  readonly cik: string | null;
  readonly type: string | null;
  readonly active: boolean;
  readonly delistedOn: SessionDate | null;
}

/** So far apart lists and the reference may be about a last day. */
const nearDays = 7;
/** So long after a list that has it the next one lacks it. */
const betweenLists = 31;

/**
 * Which stored instrument each identity is: by FIGI, else who bears its last ticker today, else who was delisted under it
 * about when it ends. Each instrument is one identity; those left out are not stored.
 */
export function matchInstruments(
  identities: readonly Identity[],
  instruments: readonly KnownInstrument[],
): ReadonlyMap<Identity, number> {
  const byFigi = Map.groupBy(instruments, ({ figi }) => figi);
  const bySymbol = Map.groupBy(instruments, ({ symbol }) => symbol);
  const taken = new Set<number>();
  const found = new Map<Identity, number>();
  const take = (identity: Identity, candidates: readonly KnownInstrument[]) => {
    const free = candidates.filter(({ id }) => !taken.has(id));
    const last = identity.bearings.at(-1)?.ticker;
    const [best] = free.toSorted((a, b) => rank(a, last) - rank(b, last) || a.id - b.id);
    if (best === undefined) return;
    taken.add(best.id);
    found.set(identity, best.id);
  };
  for (const identity of identities) {
    const { figi } = identity.bearer;
    if (figi !== null) take(identity, byFigi.get(figi) ?? []);
  }
  for (const identity of identities) {
    const last = identity.bearings.at(-1);
    if (found.has(identity) || last === undefined) continue;
    const named = (bySymbol.get(last.ticker) ?? []).filter((one) => mayBe(one, identity));
    take(
      identity,
      named.filter((one) => (last.to === null ? one.active : isAbout(one.delistedOn, last.to, last.toBy))),
    );
  }
  return found;
}

function rank({ active, symbol }: KnownInstrument, ticker: string | undefined): number {
  return (active ? 0 : 2) + (symbol === ticker ? 0 : 1);
}

function mayBe({ figi, cik }: KnownInstrument, { bearer }: Identity): boolean {
  const differ = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  return !differ(figi, bearer.figi) && !differ(cik, bearer.cik);
}

/** Where a last day is that of a list, it may be any up to the next list. */
function isAbout(day: SessionDate | null, last: SessionDate, by: BorderSource): boolean {
  const latest = addDays(last, nearDays + (by === 'list' ? betweenLists : 0));
  return day !== null && day >= addDays(last, -nearDays) && day <= latest;
}
