import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../../src/domain/date-range.ts';
import { planRequests, type RequestPlan } from '../../../src/planning/plan-requests.ts';
import type { MissingSeries, PlanningInput } from '../../../src/planning/planning-input.ts';
import { barsPerPage, bytesPerBar, bytesPerMarketDay } from '../../../src/planning/request-cost.ts';

interface SmallSeries extends MissingSeries {
  readonly missing: readonly number[];
  readonly borders: readonly number[];
}
interface SmallInput extends PlanningInput {
  readonly series: readonly SmallSeries[];
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const mostly = fc.oneof(
  { weight: 4, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);

/** One of a day, seven hours, and so many that one to three sessions fill a page. */
const barsOfSession = fc.constantFrom(1, 7, 17_000, 25_000, 50_000);

const smallInput: fc.Arbitrary<SmallInput> = fc.integer({ min: 0, max: 6 }).chain((sessions) => {
  const one = fc.subarray(upTo(sessions)).chain((missing) =>
    fc.record({
      missing: fc.constant(missing),
      wholeMarket: mostly,
      borders: fc.subarray(upTo(missing.length).slice(1)),
    }),
  );
  return fc.record({
    sessions: fc.constant(upTo(sessions).map((day) => addDays('2020-01-01', day))),
    wholeMarket: fc.array(mostly, { minLength: sessions, maxLength: sessions }),
    bars: fc.array(barsOfSession, { minLength: sessions, maxLength: sessions }),
    series: fc
      .array(one, { maxLength: 6 })
      .map((all) => all.map((rest, index) => ({ id: 100 + index, ...rest }))),
  });
});

/** Every cell by what may bring it. */
function cellsOf({ wholeMarket, series }: SmallInput) {
  return series.flatMap((one) =>
    one.missing.map((day) => ({
      one,
      day,
      byMarket: one.wholeMarket && wholeMarket[day] === true,
    })),
  );
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** The bars from the first to the last missing session under each ticker. */
function spansOf({ bars }: SmallInput, { missing, borders }: SmallSeries): readonly number[] {
  return [0, ...borders].map((from, part) => {
    const own = missing.slice(from, borders[part] ?? missing.length);
    return sum(bars.slice(own[0] ?? 0, (own.at(-1) ?? -1) + 1));
  });
}

/** Tries every set of series and every set of sessions. */
function cheapest(input: SmallInput): { readonly requests: number; readonly bytes: number } {
  let best = { requests: Infinity, bytes: Infinity };
  for (let rows = 0; rows < 2 ** input.series.length; rows += 1) {
    const asked = new Set(input.series.filter((_, bit) => (rows >> bit) & 1));
    const left = cellsOf(input).filter(({ one }) => !asked.has(one));
    let [pages, ownBytes] = [0, 0];
    for (const one of asked) {
      if (one.missing.length === 0) continue;
      pages += sum(spansOf(input, one).map((bars) => Math.ceil(bars / barsPerPage)));
      ownBytes += sum(spansOf(input, one)) * bytesPerBar;
    }
    for (let days = 0; days < 2 ** input.sessions.length; days += 1) {
      if (!left.every(({ day, byMarket }) => byMarket && (days >> day) & 1)) continue;
      const market = upTo(input.sessions.length).filter((day) => (days >> day) & 1).length;
      const [requests, bytes] = [pages + market, ownBytes + market * bytesPerMarketDay];
      if (requests < best.requests || (requests === best.requests && bytes < best.bytes))
        best = { requests, bytes };
    }
  }
  return best;
}

/** The series that a plan asks on their own. */
function askedOf({ series }: SmallInput, { seriesRequests }: RequestPlan): readonly SmallSeries[] {
  return series.filter(({ id }) => seriesRequests.some((request) => request.id === id));
}

test('no plan is cheaper, in requests and then in bytes', () => {
  fc.assert(
    fc.property(smallInput, (input) => {
      const plan = planRequests(input);
      const own = sum(askedOf(input, plan).flatMap((one) => spansOf(input, one))) * bytesPerBar;
      const bytes = own + plan.marketDays.length * bytesPerMarketDay;
      expect({ requests: plan.requests.total, bytes }).toEqual(cheapest(input));
    }),
    { numRuns: 1000 },
  );
});

test('every cell is brought, and its bars are counted once', () => {
  fc.assert(
    fc.property(smallInput, (input) => {
      const plan = planRequests(input);
      const asked = new Set(askedOf(input, plan));
      const cells = cellsOf(input);
      const brought = cells.filter(
        ({ one, day, byMarket }) =>
          asked.has(one) || (byMarket && plan.marketDays.includes(input.sessions[day] ?? '')),
      );
      expect(brought).toEqual(cells);
      expect(plan.expectedRows).toBe(sum(cells.map(({ day }) => input.bars[day] ?? NaN)));
    }),
    { numRuns: 1000 },
  );
});

test('only allowed requests are made, in order, with the span they name', () => {
  fc.assert(
    fc.property(smallInput, (input) => {
      const plan = planRequests(input);
      const { seriesRequests, marketDays, requests } = plan;
      const asked = askedOf(input, plan).filter(({ missing }) => missing.length > 0);
      expect(seriesRequests).toEqual(
        asked.flatMap(({ id, missing, borders }) =>
          [0, ...borders].map((first, part) => ({
            id,
            from: input.sessions[missing[first] ?? -1],
            to: input.sessions[missing.slice(0, borders[part]).at(-1) ?? -1],
          })),
        ),
      );
      const allowed = input.sessions.filter((_, day) => input.wholeMarket[day]);
      expect(marketDays).toEqual(allowed.filter((session) => marketDays.includes(session)));
      const spans = asked.flatMap((one) => spansOf(input, one));
      const perSeries = sum(spans.map((bars) => Math.ceil(bars / barsPerPage)));
      const wholeMarket = marketDays.length;
      expect(requests).toEqual({ total: perSeries + wholeMarket, wholeMarket, perSeries });
    }),
  );
});

test('the same input gives the same plan, in either form', () => {
  fc.assert(
    fc.property(smallInput, (input) => {
      const compact = input.series.map((one) => ({ ...one, missing: Uint16Array.from(one.missing) }));
      expect(planRequests({ ...input, series: compact })).toEqual(planRequests(input));
    }),
  );
});
