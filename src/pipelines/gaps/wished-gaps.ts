import type { RepairRequest } from '../../runs/side-requests.ts';
import type { Database } from '../../store/database.ts';
import { namedInstruments } from '../planning/wished-instruments.ts';
import type { GapsWish } from './plan-repair.ts';

/** Symbols that nobody knows, or that several could be. */
export class SymbolsNotMeant extends Error {
  override readonly name = 'SymbolsNotMeant';
}

/** Whose gaps a request means, at an instant, ISO 8601. Throws `SymbolsNotMeant`. */
export async function gapsOf(db: Database, { symbols, range }: RepairRequest, at: string): Promise<GapsWish> {
  if (symbols === undefined) return { instruments: null, range, at };
  const wished = await namedInstruments(db, symbols);
  const unclear = wished.filter(({ instrument }) => instrument === null).map(({ symbol }) => symbol);
  if (unclear.length > 0)
    throw new SymbolsNotMeant(`no one instrument is ${unclear.slice(0, 5).join(', ')} in this database`);
  return { instruments: wished.flatMap(({ instrument }) => instrument ?? []), range, at };
}
