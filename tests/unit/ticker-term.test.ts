import { expect, test } from 'vitest';
import { addDays } from '../../src/domain/date-range.ts';
import { evidences, withoutConflicts, type TickerTerm } from '../../src/domain/ticker-term.ts';
import { seeded } from '../support/identity-world.ts';

const term = (over: Partial<TickerTerm>): TickerTerm => ({
  ...{ instrumentId: 1, ticker: 'T', from: '2024-01-01', to: null },
  ...{ evidence: 'list', fromBy: 'list', toBy: 'list', ...over },
});

test('what a person has said keeps its days, and the rest keeps what lies around them', () => {
  const person = term({ instrumentId: 2, from: '2024-03-01', to: '2024-03-31', evidence: 'person' });
  const { terms, conflicts } = withoutConflicts([term({ evidence: 'figi' }), person]);
  expect(terms.map(({ instrumentId, from, to }) => [instrumentId, from, to])).toEqual([
    [2, '2024-03-01', '2024-03-31'],
    [1, '2024-01-01', '2024-02-29'],
    [1, '2024-04-01', null],
  ]);
  expect(conflicts).toHaveLength(1);
});

test('an instrument has one ticker a day, a ticker one instrument, and a term twice is no conflict', () => {
  const twice = withoutConflicts([term({}), term({})]);
  expect([twice.terms.length, twice.conflicts.length]).toEqual([1, 0]);
  const { terms, conflicts } = withoutConflicts([
    term({ evidence: 'figi' }),
    term({ ticker: 'U', from: '2024-06-01' }),
  ]);
  expect(terms.map(({ ticker }) => ticker)).toEqual(['T']);
  expect(conflicts).toHaveLength(1);
});

test.each(Array.from({ length: 200 }, (_, seed) => [seed]))(
  'of any terms (%i) no two contradict each other',
  (seed) => {
    const random = seeded(seed);
    const some = Array.from({ length: 30 }, () => {
      const from = addDays('2024-01-01', Math.floor(random() * 100));
      const to = random() < 0.2 ? null : addDays(from, Math.floor(random() * 40));
      const evidence = evidences[Math.floor(random() * 4)] ?? 'list';
      return term({
        instrumentId: Math.floor(random() * 5),
        ticker: `T${Math.floor(random() * 5)}`,
        from,
        to,
        evidence,
      });
    });
    const { terms } = withoutConflicts(some);
    const claims = terms.flatMap(({ instrumentId, ticker, from, to }) =>
      Array.from({ length: 160 }, (_, day) => addDays('2024-01-01', day))
        .filter((date) => from <= date && (to === null || date <= to))
        .flatMap((date) => [`${date} ticker ${ticker}`, `${date} instrument ${instrumentId}`]),
    );
    expect(new Set(claims).size).toBe(claims.length);
    // The best evidence of all keeps all of its days.
    const [best] = some.toSorted(
      (a, b) => evidences.indexOf(a.evidence) - evidences.indexOf(b.evidence) || (a.from < b.from ? -1 : 1),
    );
    expect(terms).toContainEqual(expect.objectContaining({ evidence: best?.evidence }));
  },
);
