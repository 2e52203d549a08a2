import type { Database } from '../../store/database.ts';
import { resolveSymbols } from '../../store/instruments.ts';

/** A symbol as somebody typed it, and as loads may have it: what it means is looked up as on the command line. */
export async function spellingsOf(db: Database, typed: string): Promise<readonly string[]> {
  const resolution = (await resolveSymbols(db, [typed])).get(typed);
  if (resolution?.kind === 'found') return [...new Set([typed, resolution.instrument.symbol])];
  // Several may be meant: all of them are shown.
  return resolution?.kind === 'ambiguous' ? [...new Set([typed, ...resolution.candidates])] : [typed];
}
