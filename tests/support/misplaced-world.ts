import fc from 'fast-check';
import { addDays } from '../../src/domain/date-range.ts';
import type { TickerTerm } from '../../src/domain/ticker-term.ts';

/** The days of a world, counted from here; all of them are sessions of a week without holidays, repeated. */
const start = '2024-03-04';
export const dayCount = 20;
export const dateOf = (day: number) => addDays(start, 7 * Math.floor(day / 5) + (day % 5));

/** A company: its tickers and the day from which on it bears each; after `gone` it bears none. */
export interface LivingCompany {
  readonly tickers: readonly { readonly ticker: string; readonly from: number; readonly to: number | null }[];
}

/** What is told of a ticker, and whose that is: of who bore it on the session, or on the day on which it was told. */
export const kinds = {
  bar: 'session',
  revision: 'session',
  absence: 'session',
  action: 'session',
  barOfToday: 'told',
  hour: 'told',
  statement: 'told',
} as const;
export type Kind = keyof typeof kinds;

/** Something that was told of a ticker: of a session, on a day. */
export interface ToldRow {
  readonly kind: Kind;
  readonly ticker: string;
  readonly session: number;
  /** The day on which it was told; of a source of today's tickers that says whose it is. */
  readonly told: number;
  /** Which of the instruments under the ticker it was put to. */
  readonly put: number;
}

export interface MisplacedWorld {
  readonly companies: readonly LivingCompany[];
  readonly rows: readonly ToldRow[];
  /** Told by runs under way when the history of symbols became known. */
  readonly late: readonly ToldRow[];
}

const names = ['AAA', 'BBB', 'CCC'];

/** Companies that take tickers over from each other: each ticker has one bearer after another, with days between. */
const companies = fc
  .array(
    fc.record({
      company: fc.nat({ max: 3 }),
      ticker: fc.nat({ max: names.length - 1 }),
      length: fc.nat({ max: 8 }),
      gap: fc.nat({ max: 3 }),
    }),
    { minLength: 2, maxLength: 9 },
  )
  .map((turns) => {
    const free = { tickers: names.map(() => 0), companies: [0, 0, 0, 0] };
    const borne: { ticker: string; from: number; to: number | null }[][] = [[], [], [], []];
    for (const { company, ticker, length, gap } of turns) {
      const from = Math.max(free.tickers[ticker] ?? 0, free.companies[company] ?? 0) + gap;
      const to = from + length;
      if (to >= dayCount) continue;
      borne[company]?.push({ ticker: names[ticker] ?? '', from, to });
      free.tickers[ticker] = to + 1;
      free.companies[company] = to + 1;
    }
    return borne.filter((own) => own.length > 0).map((tickers): LivingCompany => ({ tickers }));
  })
  .filter((all) => all.length > 1);

const row: fc.Arbitrary<ToldRow> = fc.record({
  kind: fc.constantFrom(...(Object.keys(kinds) as Kind[])),
  ticker: fc.constantFrom(...names),
  session: fc.nat({ max: dayCount - 1 }),
  told: fc.nat({ max: dayCount - 1 }),
  put: fc.nat({ max: 3 }),
});

/** A source of today's tickers tells nothing of one that nobody bears. */
export const misplacedWorld: fc.Arbitrary<MisplacedWorld> = fc
  .record({
    companies,
    rows: fc.array(row, { minLength: 10, maxLength: 60 }),
    late: fc.array(row, { maxLength: 10 }),
  })
  .map((world) => {
    const canBe = (one: ToldRow) => kinds[one.kind] === 'session' || meantBy(world, one) !== null;
    return { ...world, rows: world.rows.filter(canBe), late: world.late.filter(canBe) };
  });

/** Who of the companies is meant by a row, by its place; null: nobody bore the ticker. */
export function meantBy({ companies }: MisplacedWorld, row: ToldRow): number | null {
  const day = row[kinds[row.kind]];
  const found = companies.findIndex(({ tickers }) =>
    tickers.some((one) => one.ticker === row.ticker && one.from <= day && (one.to === null || one.to >= day)),
  );
  return found === -1 ? null : found;
}

/** What the lists tell of them. */
export function termsOf(
  { companies }: MisplacedWorld,
  idOf: (company: number) => number,
): readonly TickerTerm[] {
  return companies.flatMap(({ tickers }, company) =>
    tickers.map(({ ticker, from, to }): TickerTerm => {
      const days = { from: dateOf(from), to: to === null ? null : dateOf(to) };
      return { instrumentId: idOf(company), ticker, ...days, evidence: 'figi', fromBy: 'bars', toBy: 'bars' };
    }),
  );
}
