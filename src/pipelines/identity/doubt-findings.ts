import type { SourceName } from '../../domain/source.ts';
import type { TermConflict, TickerTerm } from '../../domain/ticker-term.ts';
import type { IdentityDoubt } from '../../identity/companies.ts';
import type { Finding } from '../../store/findings.ts';

export const identityRules = 'identity_';

/** Whom doubts can be about: who is known to have borne a ticker, and who is stored under it. */
interface Bearers {
  readonly terms: readonly TickerTerm[];
  readonly stored: readonly { readonly id: number; readonly symbol: string }[];
}

/**
 * Doubts as findings, each with an instrument of its own that it is about, where there is one: who bore the ticker, else who
 * is stored under it, else who may have gone on with it. Those that are left with none and have one range are one finding.
 */
export function doubtFindings(
  source: SourceName,
  doubts: readonly IdentityDoubt[],
  { terms, stored }: Bearers,
): readonly Finding[] {
  const byTicker = Map.groupBy(terms, ({ ticker }) => ticker);
  const bySymbol = Map.groupBy(stored, ({ symbol }) => symbol);
  const borneBy = (ticker: string) => (byTicker.get(ticker) ?? []).map(({ instrumentId }) => instrumentId);
  const candidates = ({ ticker, others, from }: IdentityDoubt): readonly number[] => [
    ...(byTicker.get(ticker) ?? []).flatMap((term) =>
      term.from <= from && (term.to === null || term.to >= from) ? [term.instrumentId] : [],
    ),
    ...borneBy(ticker),
    ...(bySymbol.get(ticker) ?? []).map(({ id }) => id),
    ...others.flatMap(borneBy),
  ];
  const findings = new Map<string, Finding & { readonly evidence: { readonly also?: readonly object[] } }>();
  for (const doubt of doubts) {
    const { kind, from, to, ...about } = doubt;
    const keyOf = (instrumentId: number | null) => [kind, from, to, instrumentId].join(' ');
    const instrumentId = candidates(doubt).find((id) => !findings.has(keyOf(id))) ?? null;
    const before = findings.get(keyOf(instrumentId));
    const evidence =
      before === undefined ? about : { ...before.evidence, also: [...(before.evidence.also ?? []), about] };
    findings.set(keyOf(instrumentId), {
      ...{ rule: `${identityRules}${kind}`, severity: 'warn', source, interval: null, evidence },
      ...{ instrumentId, range: { from, to } },
    });
  }
  return [...findings.values()];
}

/** Two claims on one day as a finding about the one that lost. */
export function conflictFinding(source: SourceName, { kept, lost }: TermConflict): Finding {
  const rule = `${identityRules}disputed`;
  return {
    ...{ rule, severity: 'warn', source, interval: null, evidence: { kept, lost } },
    ...{ instrumentId: lost.instrumentId, range: { from: lost.from, to: lost.to ?? lost.from } },
  };
}
