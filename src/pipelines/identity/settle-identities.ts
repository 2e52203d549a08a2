import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SourceName } from '../../domain/source.ts';
import { withoutConflicts, type TickerTerm } from '../../domain/ticker-term.ts';
import type { IdentityDoubt } from '../../identity/companies.ts';
import { identitiesOf, type Identity } from '../../identity/identities.ts';
import { matchInstruments } from '../../identity/match-instruments.ts';
import { spellsOf, type Listed } from '../../identity/spells.ts';
import type { ListSize } from '../../identity/believed-lists.ts';
import type { Database } from '../../store/database.ts';
import { pastLists, listedBearers } from '../../store/dated-lists.ts';
import { closeFindingsOf, recordFindings } from '../../store/findings.ts';
import {
  dateDepartures,
  enterFormer,
  storedIdentities,
  toldLastDays,
} from '../../store/identity-instruments.ts';
import { lastSync } from '../../store/reference-syncs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { holdSymbolHistory, readTerms, writeTerms } from '../../store/symbol-history.ts';
import { transaction, type Transaction } from '../../store/transaction.ts';
import { askedEvidence, type EvidenceDeps } from './asked-evidence.ts';
import { conflictFinding, doubtFindings, identityRules } from './doubt-findings.ts';

/** What the history of symbols came to. */
export interface HistoryOutcome {
  readonly instruments: number;
  readonly terms: number;
  /** Rows that closed or opened. */
  readonly changed: number;
  /** Open questions, each a finding. */
  readonly unclear: number;
}

/**
 * Works out from all lists there are who bore which ticker when, asking the provider where they leave a day open, and makes
 * that what is known. What a person has said stays. Done again it changes nothing.
 */
export async function settleIdentities(deps: EvidenceDeps, runId: string): Promise<HistoryOutcome> {
  const { store, past } = deps;
  const source = past.name;
  const stored = await storedIdentities(store.db, source);
  const { listed, lists } = await allLists(store.db, source, stored);
  const gone = (await toldLastDays(store.db, source)).map(({ lastDay, ...bearer }) => ({ bearer, lastDay }));
  const evidence = askedEvidence(deps, runId, await readTerms(store.db, source));
  const { identities, doubts } = await identitiesOf(spellsOf(listed, lists, gone), gone, evidence);
  const outcome = await transaction(store, async (tx) => {
    await holdSymbolHistory(tx);
    const told = await termsOf(tx, source, identities, doubts);
    const said = (await readTerms(tx, source)).filter((term) => term.evidence === 'person');
    const { terms, conflicts } = withoutConflicts([...said, ...told]);
    const changed = await writeTerms(tx, source, terms, { runId, reason: null });
    await dateDepartures(tx, source);
    const findings = [
      ...doubtFindings(source, doubts, { terms, stored }),
      ...conflicts.map((one) => conflictFinding(source, one)),
    ];
    await recordFindings(tx, runId, findings);
    await closeFindingsOf(tx, runId, { rulePrefix: identityRules, source }, findings);
    const instruments = new Set(terms.map(({ instrumentId }) => instrumentId)).size;
    return { instruments, terms: terms.length, changed, unclear: findings.length };
  });
  const message = `${outcome.terms} terms of ${outcome.instruments} instruments are known, ${outcome.changed} of them changed; ${outcome.unclear} questions are open`;
  await addRunEvents(store.db, runId, [{ level: 'info', message, data: outcome }]);
  return outcome;
}

/** The lists of past days, and the one of those who are listed now. */
async function allLists(
  db: Database,
  source: SourceName,
  stored: Awaited<ReturnType<typeof storedIdentities>>,
): Promise<{ readonly listed: readonly Listed[]; readonly lists: readonly ListSize[] }> {
  const past = (await pastLists(db, source)).filter(({ refused }) => !refused);
  const listed = await listedBearers(db, source);
  const sync = await lastSync(db, { source, list: 'active' });
  if (sync === null) return { listed, lists: past };
  const date = exchangeDate(sync.completedAt.getTime());
  if (past.some((list) => list.date >= date)) return { listed, lists: past };
  const now = stored.filter(({ active }) => active);
  const current = now.map(({ symbol: ticker, figi, cik, type, name }) => {
    return { bearer: { ticker, figi, cik, type, name }, dates: [date] };
  });
  return { listed: [...listed, ...current], lists: [...past, { date, tickers: current.length }] };
}

async function termsOf(
  tx: Transaction,
  source: SourceName,
  identities: readonly Identity[],
  doubts: readonly IdentityDoubt[],
): Promise<readonly TickerTerm[]> {
  const matched = matchInstruments(identities, await storedIdentities(tx, source));
  const unclear = new Set(doubts.flatMap(({ ticker, others }) => [ticker, ...others]));
  const terms: TickerTerm[] = [];
  for (const identity of identities) {
    const { bearer, bearings, joinedBy } = identity;
    // Of whom it is not clear whether somebody else continues it nobody is made.
    const isClear = !bearings.some(({ ticker }) => unclear.has(ticker));
    const found = matched.get(identity) ?? (isClear ? await formerOf(tx, source, identity) : null);
    if (found === null) continue;
    const evidence =
      joinedBy === 'cik' ? 'cik' : bearer.figi !== null ? 'figi' : bearer.cik !== null ? 'cik' : 'list';
    terms.push(...bearings.map((bearing): TickerTerm => ({ instrumentId: found, evidence, ...bearing })));
  }
  return terms;
}

/** Who is gone for good and was not stored; null: it is listed, or stored as another. */
async function formerOf(
  tx: Transaction,
  source: SourceName,
  { bearer, bearings }: Identity,
): Promise<number | null> {
  const last = bearings.at(-1);
  return last === undefined || last.to === null
    ? null
    : enterFormer(tx, source, { ...bearer, ticker: last.ticker }, last.to);
}
