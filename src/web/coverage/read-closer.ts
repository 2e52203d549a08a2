import { InvalidInput } from '../../flows/input.ts';
import type { DateRange } from '../../domain/date-range.ts';
import { coverageSums } from '../../operations/coverage-counts.ts';
import type { KeptMap } from '../../operations/coverage-maps.ts';
import { lookOver } from '../../operations/look-over.ts';
import { previewRepair } from '../../operations/preview-repair.ts';
import { readCellHistory } from '../../store/cell-history.ts';
import type { Database } from '../../store/database.ts';
import { resolveSymbols, type StoredInstrument } from '../../store/instruments.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';
import type { AskedCoverage } from './asked-coverage.ts';
import { cellCloser, closer, columnCloser, rowCloser } from './closer.ts';

/** The part of the map that an address asks for in words; nothing where it asks for none. */
export async function readCloser(
  db: Database,
  visit: Visit,
  asked: AskedCoverage,
  { map }: KeptMap,
): Promise<Html> {
  const { symbol, session, source, interval } = asked;
  if (symbol === null) return session === null ? nothing : columnCloser(asked, map, session);
  const instrument = map.instruments.find((one) => one.symbol === symbol) ?? (await resolved(db, symbol));
  if (instrument === null)
    return closer(
      html`${quoted(symbol)}`,
      [html`Nobody is called so: <code>barwright symbols list</code> says who is.`],
      asked,
    );
  const look = (range: DateRange) => lookCloser(db, visit, asked, { instrument, range });
  if (session === null) {
    const sums = coverageSums(map).each.find((one) => one.instrument.id === instrument.id);
    const none = { settled: 0, provisional: 0, absent: 0, due: 0 };
    return rowCloser(asked, { symbol: instrument.symbol, sums: sums ?? none, ...(await look(asked.range)) });
  }
  const history = await readCellHistory(db, { instrumentId: instrument.id, source, interval, session });
  const looked = await look({ from: session, to: session });
  return cellCloser(visit, asked, { symbol: instrument.symbol, session, history, ...looked });
}

/** Why what lacks of an instrument does, and how many requests a repair of it would make. */
async function lookCloser(
  db: Database,
  { config, now, baseUrls }: Visit,
  { source, interval }: AskedCoverage,
  { instrument, range }: { readonly instrument: StoredInstrument; readonly range: DateRange },
) {
  const instruments = [instrument];
  const { series: all } = await lookOver(db, { instruments, range, source, interval, nowMs: now.getTime() });
  const series = all.find((one) => one.instrument.id === instrument.id);
  if ((series?.repairable ?? 0) === 0) return { series, requests: null };
  const wish = { instruments, range, at: now.toISOString() };
  return { series, requests: await requestsOf(() => previewRepair({ db, config }, wish, baseUrls())) };
}

/** How many requests a repair would make; null for a symbol that is stored, and is none that a run could be asked for. */
async function requestsOf(preview: () => ReturnType<typeof previewRepair>): Promise<number | null> {
  try {
    const { total, lookups } = (await preview()).plan.requests;
    return total + lookups;
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

async function resolved(db: Database, symbol: string): Promise<StoredInstrument | null> {
  const resolution = (await resolveSymbols(db, [symbol])).get(symbol);
  return resolution?.kind === 'found' ? resolution.instrument : null;
}
