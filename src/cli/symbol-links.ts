import type { Command } from 'commander';
import type { TickerTerm } from '../domain/ticker-term.ts';
import { settleTickers } from '../operations/settle-tickers.ts';
import { linkTickers, unlinkTickers } from '../store/ticker-links.ts';
import { vocabularies } from '../store/ticker-days.ts';
import type { Transaction } from '../store/transaction.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { findBearers, findInstruments } from './find-instrument.ts';
import { note, printJson } from './output.ts';
import { parseDate, parseReason, parseSymbols } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';

interface ReasonOption extends JsonOption {
  readonly reason: string;
}

interface LinkOptions extends ReasonOption {
  readonly on: string;
}

const [vocabulary] = vocabularies;

/** The commands by which a person says what lists of tickers leave open. */
export function addSymbolLinks(symbols: Command): void {
  symbols
    .command('link <earlier> <later>')
    .description('the two tickers are one instrument: the earlier up to a day, the later from it on')
    .requiredOption('--on <date>', 'the first day under the later ticker')
    .requiredOption('--reason <text>', 'how you know it')
    .addOption(jsonOption)
    .action(link);
  symbols
    .command('unlink <earlier> <later>')
    .description('the earlier ticker was another instrument than the one that bears the later')
    .requiredOption('--reason <text>', 'how you know it')
    .addOption(jsonOption)
    .action(unlink);
}

async function link(earlier: string, later: string, options: LinkOptions): Promise<void> {
  const tickers = pairOf(earlier, later);
  const on = parseDate('--on', options.on);
  const reason = parseReason(options.reason);
  await settle(later, options.json, async (tx, source) => {
    const [bearer] = await findBearers(tx, [tickers.later], on);
    const instrumentId = bearer?.id ?? 0;
    return linkTickers(tx, { vocabulary: source, instrumentId, ...tickers, on, reason });
  });
}

async function unlink(earlier: string, later: string, options: ReasonOption): Promise<void> {
  const tickers = pairOf(earlier, later);
  const reason = parseReason(options.reason);
  await settle(earlier, options.json, async (tx, source) => {
    const [bearer] = await findInstruments(tx, [tickers.later]);
    const instrumentId = bearer?.id ?? 0;
    const terms = await unlinkTickers(tx, {
      vocabulary: source,
      instrumentId,
      earlier: tickers.earlier,
      reason,
    });
    if (terms !== null) return terms;
    throw new UsageError(
      `${earlier} is not known to be a ticker of ${later}`,
      'nothing has to be parted; what is open is among the findings',
    );
  });
}

async function settle(
  symbol: string,
  json: true | undefined,
  change: (tx: Transaction, source: NonNullable<typeof vocabulary>) => Promise<readonly TickerTerm[]>,
): Promise<void> {
  if (vocabulary === undefined) throw new Error('no source goes by the ticker of the day');
  await withStore(async ({ store, config: { market } }) => {
    const { terms, moved } = await settleTickers(store, vocabulary, (tx) => change(tx, vocabulary));
    const tickers = terms.map(({ ticker, from, to }) => ({ ticker, from, to }));
    if (json) {
      printJson({ symbol, tickers, moved }, market);
      return;
    }
    for (const { ticker, from, to } of tickers)
      note(`${ticker} from ${from} ${to === null ? 'on' : `to ${to}`}`);
    if (moved > 0) note(`${moved} stored rows were moved to the instrument that they are of`);
  });
}

function pairOf(earlier: string, later: string): { readonly earlier: string; readonly later: string } {
  for (const ticker of [earlier, later]) {
    if (parseSymbols(ticker).length !== 1 || ticker.includes(','))
      throw new UsageError(`${ticker} is more than one ticker`, 'name the earlier and the later one');
  }
  if (earlier === later) throw new UsageError(`${earlier} and ${later} are one ticker`, 'name two');
  return { earlier, later };
}
