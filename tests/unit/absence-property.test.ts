import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionDaysBetween } from '../../src/calendar/exchange-calendar.ts';
import { judgeAbsences, type SeriesEvidence, type AbsenceReason } from '../../src/domain/absence.ts';
import { dateOfDayNumber, dayNumber } from '../../src/domain/date-range.ts';
import { silentAmidTrading, type KnownDays } from '../../src/domain/silence.ts';

/** Sessions, and half a year of them that is asked for. */
const all = sessionDaysBetween({ from: '2022-01-03', to: '2023-12-29' });
const asked = all.slice(130, 250);
const firstAnswer = Date.parse('2024-02-01T22:00:00Z');
const dayMs = 86_400_000;

/** An instrument: from when it is listed, whether that is known, and on which of the asked sessions it trades. */
interface Truth {
  readonly traded: ReadonlySet<number>;
  readonly listedOn: string | null;
  readonly delistedOn: string | null;
}

type Fault =
  | { readonly kind: 'whole' }
  | { readonly kind: 'cut'; readonly keep: number }
  | { readonly kind: 'limit'; readonly keep: number }
  | { readonly kind: 'short'; readonly drop: number }
  | { readonly kind: 'holed'; readonly holes: readonly (readonly [at: number, length: number])[] };

const truthsOf = (shares: readonly number[], haltsOnce = true): fc.Arbitrary<Truth> =>
  fc
    .record({
      /** What of the sessions it trades on. */
      share: fc.constantFrom(...shares),
      seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
      halt: fc.option(fc.tuple(fc.integer({ min: 20, max: 90 }), fc.constantFrom(1, 2, 3, 8, 15, 25))),
      listedAt: fc.constantFrom(-1, -1, 40, 70),
      isListingKnown: fc.boolean(),
      delistedAt: fc.constantFrom(999, 999, 110),
    })
    .map(({ share, seed, halt, listedAt, isListingKnown, delistedAt }) => {
      let state = seed;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      // Nobody is halted before the first trade.
      const begins = halt === null || !haltsOnce ? Infinity : Math.max(halt[0], listedAt + 10);
      const isHalted = (index: number) => index >= begins && index < begins + (halt?.[1] ?? 0);
      const days = Array.from(asked).filter((_, index) => {
        const trades = share === 1 || random() < share || index === listedAt || index === 0;
        return trades && index >= listedAt && index < delistedAt && !isHalted(index);
      });
      const dateAt = (index: number) => dateOfDayNumber(asked[index] ?? NaN);
      return {
        traded: new Set(days),
        listedOn: isListingKnown ? (listedAt < 0 ? '2010-01-04' : dateAt(listedAt)) : null,
        delistedOn: delistedAt === 999 ? null : dateAt(delistedAt - 1),
      };
    });

/** Those that trade on four fifths of the sessions, and those that do so now and then. */
const steady = truthsOf([1, 1, 1, 0.97]);
const rare = truthsOf([0.5, 0.3, 0.1], false);

const faults: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), keep: fc.double({ min: 0, max: 0.98, noNaN: true }) }),
  fc.record({ kind: fc.constant('limit' as const), keep: fc.double({ min: 0.1, max: 0.98, noNaN: true }) }),
  fc.record({ kind: fc.constant('short' as const), drop: fc.double({ min: 0.02, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant('holed' as const),
    holes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
);

/** What of the traded sessions an answer tells. */
function told(traded: readonly number[], fault: Fault): readonly number[] {
  const { length } = traded;
  switch (fault.kind) {
    case 'whole':
      return traded;
    case 'cut':
    case 'limit':
      return traded.slice(0, Math.floor(length * fault.keep));
    case 'short':
      return traded.slice(Math.ceil(length * fault.drop));
    case 'holed':
      return traded.filter((_, index) =>
        fault.holes.every(([at, size]) => {
          const begin = Math.floor(at * length);
          return index < begin || index >= begin + size;
        }),
      );
  }
}

/** What a keeper has of one instrument, as the store would. */
class Keeper {
  readonly stored = new Set<number>();
  readonly confirmed = new Map<number, AbsenceReason>();
  readonly suspected = new Map<number, number>();
  requests = 0;
  private readonly truth: Truth;

  constructor(truth: Truth) {
    this.truth = truth;
  }

  due(): readonly number[] {
    return Array.from(asked).filter((day) => !this.stored.has(day) && !this.confirmed.has(day));
  }

  /** One run: the due sessions in one question, and smaller ones about what is doubted. */
  run(observedMs: number, faultOf: (question: number) => Fault): void {
    let range: readonly number[] = spanOf(this.due());
    const sessions = Int32Array.from(range);
    const answered = new Set<number>();
    for (let question = 0; question < 5 && range.length > 0; question += 1) {
      const fault = faultOf(question);
      const before = answered.size;
      for (const day of told(
        range.filter((one) => this.truth.traded.has(one)),
        fault,
      ))
        answered.add(day);
      this.requests += 1;
      const isCut = fault.kind === 'limit';
      const judged = judgeAbsences(
        this.evidence({ sessions, answered: new Set(answered), observedMs, isCut }),
      );
      const smaller = spanOf(judged.askAgain);
      const isLast = smaller.length === 0 || smaller.length === sessions.length;
      if (!isLast && (question === 0 || answered.size > before) && question < 4) {
        range = smaller;
        continue;
      }
      this.keep(answered, judged.seen, observedMs);
      return;
    }
  }

  private evidence(answer: Pick<SeriesEvidence, 'sessions' | 'answered' | 'observedMs' | 'isCut'>) {
    const { listedOn, delistedOn } = this.truth;
    return { ...answer, source: 'polygon' as const, listedOn, delistedOn, known: this.known() };
  }

  private known(): KnownDays {
    const of = (reason: string) =>
      new Set([...this.confirmed].filter(([, why]) => why === reason).map(([day]) => day));
    return {
      traded: this.stored,
      quiet: of('no_trade'),
      unlisted: of('not_listed'),
      suspected: new Map(this.suspected),
    };
  }

  private keep(
    answered: ReadonlySet<number>,
    seen: ReturnType<typeof judgeAbsences>['seen'],
    observedMs: number,
  ): void {
    for (const day of answered) {
      this.stored.add(day);
      this.suspected.delete(day);
    }
    for (const { session, reason, confirmed } of seen) {
      const day = dayNumber(session);
      if (!confirmed) this.suspected.set(day, observedMs);
      else this.confirmed.set(day, reason);
    }
  }
}

function spanOf(days: readonly number[]): readonly number[] {
  const [from, to] = [days.at(0), days.at(-1)];
  return from === undefined || to === undefined
    ? []
    : Array.from(asked).filter((day) => day >= from && day <= to);
}

const whole = (): Fault => ({ kind: 'whole' });

test('of 10,000 cut, short and holed answers none confirms an absence where there was a trade', () => {
  const check = fc.property(
    steady,
    faults,
    faults,
    fc.integer({ min: 0, max: 2 }),
    (truth, fault, other, faulty) => {
      const keeper = new Keeper(truth);
      const wrong = () => [...keeper.confirmed.keys()].filter((day) => truth.traded.has(day));
      keeper.run(firstAnswer, (question) => (question === 0 ? fault : question <= faulty ? other : whole()));
      expect(wrong()).toEqual([]);
      keeper.run(firstAnswer + dayMs, whole);
      expect(wrong()).toEqual([]);
      expect([...truth.traded].filter((day) => !keeper.stored.has(day))).toEqual([]);
    },
  );
  fc.assert(check, { numRuns: 10_000, seed: 20_240_628 });
}, 300_000);

test('every true absence is confirmed within two days', () => {
  const check = fc.property(fc.oneof(steady, rare), (truth) => {
    const keeper = new Keeper(truth);
    keeper.run(firstAnswer, whole);
    keeper.run(firstAnswer + dayMs, whole);
    expect(keeper.due()).toEqual([]);
  });
  fc.assert(check, { numRuns: 2_000, seed: 20_240_628 });
}, 300_000);

test('of what trades now and then nearly nothing is asked twice', () => {
  const keepers = fc.sample(rare, { numRuns: 1_000, seed: 20_240_628 }).map((truth) => {
    // Where the listing date is not known, that is asked for.
    const keeper = new Keeper({
      ...truth,
      listedOn: truth.listedOn ?? dateOfDayNumber(Math.min(...truth.traded)),
    });
    keeper.run(firstAnswer, whole);
    return keeper;
  });
  const requests = keepers.reduce((sum, keeper) => sum + keeper.requests, 0);
  expect(requests / keepers.length).toBeLessThan(1.2);
});

test('a silence says nothing for itself, however long it is', () => {
  const days = Array.from(asked);
  const silent = days.slice(50, 150);
  const answered = [...days.slice(0, 50), ...days.slice(150)];
  const nothing = {
    traded: new Set<number>(),
    quiet: new Set<number>(),
    unlisted: new Set<number>(),
    suspected: new Map<number, number>(),
  };
  expect([...silentAmidTrading({ silent, answered }, nothing)]).toEqual(silent);
});
