import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DailyBar } from '../../domain/bar.ts';
import { isWellFormedSymbol } from '../../domain/instrument.ts';
import { parseBars } from './bars-file.ts';
import { parseEvents } from './events-file.ts';
import { familiarInstrument } from './familiar-instruments.ts';
import {
  bySymbol,
  type MarketInstrument,
  type MarketRow,
  type MarketSource,
  type SessionCalendar,
} from './market-source.ts';
import { createSessionIndex } from './session-index.ts';
import { byExDate, type SimulatedAction } from './simulated-action.ts';
import { firstAtOrAfter } from './sorted-search.ts';

/** A file of the folder that is not served, and why. */
interface IgnoredFile {
  readonly file: string;
  readonly reason: string;
}

/** A market whose bars are those of CSV files, number for number. */
interface FolderMarket extends MarketSource {
  readonly ignored: readonly IgnoredFile[];
}

/**
 * Reads every `<SYMBOL>.csv` and `*_<SYMBOL>_daily_raw.csv` of the folder, once, and the actions of what has bars from
 * `<SYMBOL>_events.csv` or `*_<SYMBOL>_events.csv`; throws `BadBarsFile` for a bad row.
 */
export async function folderMarket({
  directory,
  calendar,
}: {
  readonly directory: string;
  readonly calendar: SessionCalendar;
}): Promise<FolderMarket> {
  const { series, actions, ignored } = await readFolder(directory);
  const sessions = createSessionIndex(calendar);
  const instruments = [...series].map(([symbol, bars]) => instrumentOf(symbol, bars)).sort(bySymbol);
  const known = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  return {
    ignored,
    instruments,
    find: (symbol) => known.get(symbol),
    bars(symbol, { from, to }) {
      const bars = series.get(symbol) ?? [];
      const end = firstAtOrAfter(bars, to, sessionOf);
      return bars.slice(firstAtOrAfter(bars, from, sessionOf), bars[end]?.session === to ? end + 1 : end);
    },
    marketDay(session) {
      return instruments.flatMap(({ symbol }): readonly MarketRow[] => {
        const bars = series.get(symbol) ?? [];
        const bar = bars[firstAtOrAfter(bars, session, sessionOf)];
        return bar?.session === session ? [{ symbol, bar }] : [];
      });
    },
    actions: (symbol) => actions.get(symbol) ?? [],
    opensAtMs: sessions.opensAtMs,
    closesAtMs: sessions.closesAtMs,
    sessionUpTo: sessions.sessionUpTo,
  };
}

async function readFolder(directory: string) {
  const series = new Map<string, readonly DailyBar[]>();
  const files = new Map<string, string>();
  const events = new Map<string, string>();
  const ignored: IgnoredFile[] = [];
  const entries = await readdir(directory, { withFileTypes: true });
  for (const { name: file } of entries.filter((entry) => !entry.isDirectory()).sort(byName)) {
    const symbol = symbolOf(file);
    const eventful = eventSymbolOf(file);
    const bars = symbol === null ? null : parseBars(file, await readFile(join(directory, file), 'utf8'));
    if (eventful !== null) {
      events.set(file, eventful);
    } else if (symbol === null) {
      ignored.push({ file, reason: 'not named <SYMBOL>.csv or *_<SYMBOL>_daily_raw.csv' });
    } else if (bars === null) {
      ignored.push({ file, reason: 'its header is not date,open,high,low,close,volume' });
    } else if (bars.length === 0) {
      ignored.push({ file, reason: 'no rows' });
    } else if (series.has(symbol)) {
      throw new Error(`${files.get(symbol)} and ${file} are both bars of ${symbol}`);
    } else {
      series.set(symbol, bars);
      files.set(symbol, file);
    }
  }
  return { series, ignored, actions: await readEvents(directory, events, series, ignored) };
}

async function readEvents(
  directory: string,
  files: ReadonlyMap<string, string>,
  series: ReadonlyMap<string, readonly DailyBar[]>,
  ignored: IgnoredFile[],
): Promise<ReadonlyMap<string, readonly SimulatedAction[]>> {
  const actions = new Map<string, readonly SimulatedAction[]>();
  for (const [file, symbol] of files) {
    const bars = series.get(symbol);
    const text = bars === undefined ? '' : await readFile(join(directory, file), 'utf8');
    const found = parseEvents(file, text, (session) => sessionAfter(bars ?? [], session));
    if (bars === undefined) ignored.push({ file, reason: `there are no bars of ${symbol}` });
    else if (found === null) ignored.push({ file, reason: 'its header is not that of events' });
    else actions.set(symbol, [...(actions.get(symbol) ?? []), ...found].sort(byExDate));
  }
  return actions;
}

function sessionAfter(bars: readonly DailyBar[], session: string): string | null {
  const at = firstAtOrAfter(bars, session, sessionOf);
  return bars[bars[at]?.session === session ? at + 1 : at]?.session ?? null;
}

function eventSymbolOf(file: string): string | null {
  const [, symbol] = /^(?:.*_)?([^_]+)_events\.csv$/.exec(file) ?? [];
  return symbol !== undefined && isWellFormedSymbol(symbol) ? symbol : null;
}

function symbolOf(file: string): string | null {
  const [, symbol] = /^(?:.*_)?([^_]+)_daily_raw\.csv$/.exec(file) ?? /^([^_]+)\.csv$/.exec(file) ?? [];
  return symbol !== undefined && isWellFormedSymbol(symbol) ? symbol : null;
}

function instrumentOf(symbol: string, bars: readonly DailyBar[]): MarketInstrument {
  const familiar = familiarInstrument(symbol);
  return {
    symbol,
    name: familiar?.name ?? symbol,
    type: familiar?.type ?? 'CS',
    exchange: familiar?.exchange ?? 'XNYS',
    figi: null,
    cik: null,
    currency: 'usd',
    listedOn: bars[0]?.session ?? null,
    delistedOn: null,
  };
}

function sessionOf({ session }: DailyBar): string {
  return session;
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
