import type { WayInRule } from '../../domain/quality-rule.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { SourceName } from '../../domain/source.ts';
import { cutText, isStorable } from '../../domain/storable-text.ts';
import type { MarketDayAnswer } from '../../providers/provider.ts';
import type { Database } from '../../store/database.ts';
import type { Finding } from '../../store/findings.ts';
import { lastSync } from '../../store/reference-syncs.ts';
import { borneAmong } from '../../store/borne-among.ts';

const rule: WayInRule = 'unknown_ticker';
/** Tickers that a finding names. */
const mostNamed = 20;
/** No ticker is longer. */
const longestTicker = 50;

/** The tickers of an answer that nobody bears, beside those that are served. */
export type StrangersOf = (
  answer: MarketDayAnswer,
  isServed: (ticker: string) => boolean,
) => Promise<readonly string[]>;

/** Tells which tickers nobody bears or has borne; as long as no whole list has said who there is, nobody is a stranger. */
export async function strangersAmong(db: Database, source: SourceName): Promise<StrangersOf> {
  if ((await lastSync(db, { source, list: 'active' })) === null) return () => Promise.resolve([]);
  const isBorne = new Map<string, boolean>();
  return async ({ symbols, conflicts, rejected }, isServed) => {
    const named = [...symbols, ...[...conflicts, ...rejected].flatMap(({ symbol }) => symbol ?? [])];
    const others = [...new Set(named)].filter((ticker) => !isServed(ticker));
    const asked = others.filter((ticker) => isStorable(ticker) && !isBorne.has(ticker));
    const borne = await borneAmong(db, source, asked);
    for (const ticker of asked) isBorne.set(ticker, borne.has(ticker));
    return others.filter((ticker) => isBorne.get(ticker) !== true);
  };
}

/** One finding of all strangers of a session; none where there are none. */
export function strangersFinding(
  source: SourceName,
  session: SessionDate,
  strangers: readonly string[],
): readonly Finding[] {
  if (strangers.length === 0) return [];
  const tickers = strangers.toSorted().slice(0, mostNamed);
  const evidence = {
    count: strangers.length,
    tickers: tickers.map((ticker) => cutText(ticker, longestTicker)),
  };
  const place = { instrumentId: null, source, interval: '1d', range: { from: session, to: session } };
  return [{ rule, severity: 'warn', ...place, evidence }];
}
