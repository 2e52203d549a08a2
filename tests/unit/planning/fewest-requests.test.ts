import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '../../../src/domain/date-range.ts';
import { planRequests, type RequestPlan } from '../../../src/planning/plan-requests.ts';
import type { MissingSeries, PlanningInput } from '../../../src/planning/planning-input.ts';
import { bytesPerBar, bytesPerMarketDay } from '../../../src/planning/request-cost.ts';

interface SmallSeries extends MissingSeries {
  readonly missing: readonly number[];
}
interface SmallInput extends PlanningInput {
  readonly series: readonly SmallSeries[];
  readonly barsPerPage: number;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const mostly = fc.oneof(
  { weight: 4, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);

const smallInput: fc.Arbitrary<SmallInput> = fc.integer({ min: 0, max: 6 }).chain((sessions) => {
  const one = fc.record({ missing: fc.subarray(upTo(sessions)), perSeries: mostly, wholeMarket: mostly });
  return fc.record({
    sessions: fc.constant(upTo(sessions).map((day) => addDays('2020-01-01', day))),
    wholeMarket: fc.array(mostly, { minLength: sessions, maxLength: sessions }),
    barsPerPage: fc.constantFrom(1, 2, 3, 50_000),
    series: fc
      .array(one, { maxLength: 6 })
      .map((all) => all.map((rest, index) => ({ id: 100 + index, ...rest }))),
  });
});

const cell = (id: number, session: string | undefined) => `${id} ${session ?? ''}`;

/** Every cell by what may bring it. */
function cellsOf({ sessions, wholeMarket, series }: SmallInput) {
  return series.flatMap((one) =>
    one.missing.map((day) => ({
      name: cell(one.id, sessions[day]),
      one,
      day,
      byMarket: one.wholeMarket && wholeMarket[day] === true,
    })),
  );
}

function spanOf({ missing }: SmallSeries): number {
  return (missing.at(-1) ?? 0) - (missing[0] ?? 0) + 1;
}

/** Tries every set of series and every set of sessions. */
function cheapest(input: SmallInput): { readonly requests: number; readonly bytes: number } {
  const needed = cellsOf(input).filter(({ one, byMarket }) => one.perSeries || byMarket);
  let best = { requests: Infinity, bytes: Infinity };
  for (let rows = 0; rows < 2 ** input.series.length; rows += 1) {
    const asked = new Set(input.series.filter(({ perSeries }, bit) => perSeries && (rows >> bit) & 1));
    const left = needed.filter(({ one }) => !asked.has(one));
    let [pages, ownBytes] = [0, 0];
    for (const one of asked) {
      if (one.missing.length === 0) continue;
      pages += Math.ceil(spanOf(one) / input.barsPerPage);
      ownBytes += spanOf(one) * bytesPerBar;
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

/** Every cell that the plan says it brings, or reports; a cell twice is in it twice. */
function accountedFor(input: SmallInput, { seriesRequests, marketDays, impossible }: RequestPlan) {
  const own = new Set(seriesRequests.map(({ id }) => id));
  const market = new Set(marketDays.map(({ session }) => session));
  const cells = cellsOf(input);
  const bySeries = cells.filter(({ one }) => own.has(one.id));
  const byMarket = cells.filter(
    ({ one, day, byMarket: served }) => served && !own.has(one.id) && market.has(input.sessions[day] ?? ''),
  );
  return {
    names: [...bySeries, ...byMarket]
      .map(({ name }) => name)
      .concat(impossible.map((lost) => cell(lost.id, lost.session))),
    bySeries: bySeries.length,
    byMarket: byMarket.length,
  };
}

const sum = (plans: readonly { readonly cells: number }[]) =>
  plans.reduce((total, { cells }) => total + cells, 0);

test('no plan is cheaper, in requests and then in bytes', () => {
  fc.assert(
    fc.property(smallInput, (input) => {
      const { requests, expectedBytes } = planRequests(input);
      expect({ requests: requests.total, bytes: expectedBytes }).toEqual(cheapest(input));
    }),
    { numRuns: 1000 },
  );
});

test('every cell is brought, and counted once, or reported where nothing can bring it', () => {
  fc.assert(
    fc.property(smallInput, (input) => {
      const plan = planRequests(input);
      const { names, bySeries, byMarket } = accountedFor(input, plan);
      expect(names.toSorted()).toEqual(
        cellsOf(input)
          .map(({ name }) => name)
          .toSorted(),
      );
      expect([sum(plan.seriesRequests), sum(plan.marketDays)]).toEqual([bySeries, byMarket]);
      expect(plan.expectedRows).toBe(bySeries + byMarket);
      const hopeless = cellsOf(input).filter(({ one, byMarket: served }) => !one.perSeries && !served);
      expect(plan.impossible.map(({ id, session }) => cell(id, session))).toEqual(
        hopeless.map(({ name }) => name),
      );
    }),
    { numRuns: 1000 },
  );
});

test('only allowed requests are made, in order, with the span they name', () => {
  fc.assert(
    fc.property(smallInput, (input) => {
      const { seriesRequests, marketDays, requests } = planRequests(input);
      const askable = input.series.filter(({ perSeries, missing }) => perSeries && missing.length > 0);
      const asked = askable.filter(({ id }) => seriesRequests.some((request) => request.id === id));
      expect(seriesRequests).toEqual(
        asked.map((one) => ({
          id: one.id,
          from: input.sessions[one.missing[0] ?? -1],
          to: input.sessions[one.missing.at(-1) ?? -1],
          cells: one.missing.length,
          pages: Math.ceil(spanOf(one) / input.barsPerPage),
        })),
      );
      const allowed = input.sessions.filter((_, day) => input.wholeMarket[day]);
      const chosen = marketDays.map(({ session }) => session);
      expect(chosen).toEqual(allowed.filter((session) => chosen.includes(session)));
      const perSeries = seriesRequests.reduce((total, { pages }) => total + pages, 0);
      expect(requests).toEqual({ total: perSeries + chosen.length, wholeMarket: chosen.length, perSeries });
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
