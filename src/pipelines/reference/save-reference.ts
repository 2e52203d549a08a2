import type { InstrumentReference } from '../../domain/instrument.ts';
import type { SourceName } from '../../domain/source.ts';
import type { Store } from '../../store/database.ts';
import { resolveSymbols } from '../../store/instruments.ts';
import { saveInstruments } from '../../store/save-instruments.ts';
import { transaction } from '../../store/transaction.ts';

/** Saves what a source says of one instrument; returns it as the store knows it. */
export async function saveReference(
  store: Store,
  reference: InstrumentReference,
  source: SourceName,
): Promise<{ readonly id: number; readonly symbol: string }> {
  await transaction(store, (tx) => saveInstruments(tx, [reference], { source }));
  const resolution = (await resolveSymbols(store.db, [reference.symbol])).get(reference.symbol);
  if (resolution?.kind !== 'found') throw new Error(`${reference.symbol} was saved and is not there`);
  return resolution.instrument;
}
