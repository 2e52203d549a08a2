import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { WatchOutcome } from '../../activities/reference.ts';
import type { watchSymbols } from '../../workflows/watch-symbols.ts';
import { canBeAsked, loadConfig, type Market } from '../config.ts';
import type { SymbolsList } from '../domain/instrument.ts';
import { sourceNames, usualSource } from '../domain/source.ts';
import { setListed } from '../store/instruments.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { workFace } from '../temporal/names.ts';
import { withStore, withWorkers } from './context.ts';
import { findInstruments } from './find-instrument.ts';
import { note, printJson } from './output.ts';
import { parseSymbols } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

const texts = {
  watchlist: { on: 'is on the watchlist', off: 'is off the watchlist; its stored bars stay' },
  universe: { on: 'is part of the universe', off: 'is out of the universe; its stored bars stay' },
} as const satisfies Readonly<Record<SymbolsList, object>>;

/** The commands that put symbols on the watchlist or into the universe, and take them off. */
export function addSymbolLists(symbols: Command): void {
  const offer = (
    verb: string,
    description: string,
    act: (text: string, options: JsonOption) => Promise<void>,
  ) => symbols.command(`${verb} <symbols>`).description(description).addOption(jsonOption).action(act);
  offer('watch', 'put symbols, separated by commas, on the watchlist: what Yahoo brings', (text, options) =>
    enlist('watchlist', text, options),
  );
  offer('unwatch', 'take symbols off the watchlist; their stored bars stay', (text, options) =>
    strike('watchlist', text, options),
  );
  offer('add', 'make symbols part of the universe, whatever their type', (text, options) =>
    enlist('universe', text, options),
  );
  offer('remove', 'take symbols out of the universe; their stored bars stay', (text, options) =>
    strike('universe', text, options),
  );
}

async function enlist(list: SymbolsList, text: string, { json }: JsonOption): Promise<void> {
  const symbols = parseSymbols(text);
  // Without a key for the first, the next one says what a symbol is.
  const configured = loadConfig();
  const [source = usualSource['1d']] = sourceNames.filter((name) => canBeAsked(configured, name));
  await withWorkers('data-ingestion', source, async ({ client, config }) => {
    const named = symbols.length <= 5 ? symbols.join(',') : `${symbols.length} symbols`;
    const seconds = Math.ceil((symbols.length * 4 * 61) / config.sources[source].requestsPerMinute);
    const outcomes = await client.workflow.execute<typeof watchSymbols>('watchSymbols', {
      workflowId: `watch-symbols/${list}/${named}/${randomUUID().slice(0, 8)}`,
      taskQueue: config.taskQueues['data-ingestion'],
      args: [{ symbols, seconds, source, list }],
      ...workFace(
        { name: 'watch-symbols', pool: 'data-ingestion', subject: source },
        `puts ${named} ${list === 'watchlist' ? 'on the watchlist' : 'into the universe'}`,
        clientIdentity(),
      ),
    });
    report(list, outcomes, { json: json ?? false, market: config.market });
  });
}

function report(
  list: SymbolsList,
  outcomes: readonly WatchOutcome[],
  { json, market }: { readonly json: boolean; readonly market: Market },
): void {
  if (json) printJson({ symbols: outcomes }, market);
  else
    for (const { symbol, error } of outcomes)
      note(error === null ? `${symbol} ${texts[list].on}` : `${symbol}: ${error}`);
  if (outcomes.some(({ error }) => error !== null)) process.exitCode = 1;
}

/** Takes symbols off a list, all of them or, where one of them is not known, none. */
async function strike(list: SymbolsList, text: string, { json }: JsonOption): Promise<void> {
  const typed = parseSymbols(text);
  await withStore(async ({ store, config: { market } }) => {
    const instruments = await findInstruments(store.db, typed);
    for (const { id } of instruments) await setListed(store.db, list, id, false);
    const outcomes = instruments.map(({ symbol }) => ({ symbol, error: null }));
    if (json) printJson({ symbols: outcomes }, market);
    else for (const { symbol } of instruments) note(`${symbol} ${texts[list].off}`);
  });
}
