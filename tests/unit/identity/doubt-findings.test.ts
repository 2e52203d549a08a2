import { expect, test } from 'vitest';
import type { TickerTerm } from '../../../src/domain/ticker-term.ts';
import type { IdentityDoubt } from '../../../src/identity/companies.ts';
import { doubtFindings } from '../../../src/pipelines/identity/doubt-findings.ts';

const dates = { from: '2024-02-29', to: '2024-03-28' };

function doubt(ticker: string, ...others: readonly string[]): IdentityDoubt {
  return { kind: 'unclear_rename', ticker, others, ...dates };
}

function term(instrumentId: number, ticker: string, from: string): TickerTerm {
  return { instrumentId, ticker, from, to: null, evidence: 'list', fromBy: 'list', toBy: 'list' };
}

function instrumentsOf(
  doubts: readonly IdentityDoubt[],
  terms: readonly TickerTerm[] = [],
  stored: readonly { readonly id: number; readonly symbol: string }[] = [],
) {
  return doubtFindings('polygon', doubts, { terms, stored }).map(({ instrumentId }) => instrumentId);
}

test('a doubt is about who bore the ticker then, else ever, else who is stored under it', () => {
  const terms = [term(1, 'OLD', '2024-04-01'), term(2, 'OLD', '2022-01-31'), term(3, 'LATE', '2024-05-01')];
  const stored = [{ id: 4, symbol: 'GONE' }];
  expect(instrumentsOf([doubt('OLD'), doubt('LATE'), doubt('GONE')], terms, stored)).toEqual([2, 3, 4]);
});

test('two about the same days and heirs are two findings, while there are as many heirs', () => {
  const heirs = [term(1, 'NEWA', '2024-03-01'), term(2, 'NEWB', '2024-03-01')];
  const doubts = [doubt('OLDA', 'NEWA', 'NEWB'), doubt('OLDB', 'NEWA', 'NEWB')];
  expect(instrumentsOf(doubts, heirs)).toEqual([1, 2]);
});

test('those of which nobody is stored are one finding that names them all', () => {
  const [finding, other] = doubtFindings('polygon', [doubt('A'), doubt('B'), doubt('C')], {
    terms: [],
    stored: [],
  });
  expect(other).toBeUndefined();
  expect(finding).toMatchObject({
    rule: 'identity_unclear_rename',
    instrumentId: null,
    range: dates,
    evidence: { ticker: 'A', also: [{ ticker: 'B' }, { ticker: 'C' }] },
  });
});
