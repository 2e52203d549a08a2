import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/date-range.ts';
import {
  bytesPerBar,
  bytesPerMarketDay,
  planRequests,
  type MissingSeries,
  type PlanningInput,
  type RequestPlan,
} from '../../../src/planning/plan-requests.ts';

const days = (count: number) => Array.from({ length: count }, (_, index) => addDays('2020-01-01', index));
const series = (
  id: number,
  missing: readonly number[],
  over: Partial<MissingSeries> = {},
): MissingSeries => ({
  id,
  missing,
  perSeries: true,
  wholeMarket: true,
  ...over,
});
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

function plan(
  sessions: number,
  all: readonly MissingSeries[],
  over: Partial<PlanningInput> = {},
): RequestPlan {
  return planRequests({
    sessions: days(sessions),
    wholeMarket: days(sessions).map(() => true),
    series: all,
    ...over,
  });
}

describe('known plans', () => {
  test('10,000 symbols by one session are one request', () => {
    const { requests, expectedRows } = plan(
      1,
      upTo(10_000).map((id) => series(id, [0])),
    );
    expect(requests).toEqual({ total: 1, wholeMarket: 1, perSeries: 0 });
    expect(expectedRows).toBe(10_000);
  });

  test('one symbol by 2,520 sessions is one page', () => {
    const { seriesRequests, requests } = plan(2520, [series(7, upTo(2520))]);
    expect(requests).toEqual({ total: 1, wholeMarket: 0, perSeries: 1 });
    expect(seriesRequests).toEqual([
      { id: 7, from: '2020-01-01', to: days(2520).at(-1), cells: 2520, pages: 1 },
    ]);
  });

  test('one symbol by one session is asked on its own: the same one request, fewer bytes', () => {
    expect(plan(1, [series(1, [0])]).requests).toEqual({ total: 1, wholeMarket: 0, perSeries: 1 });
  });

  test('two symbols by one session are one market day', () => {
    expect(plan(1, [series(1, [0]), series(2, [0])]).requests).toEqual({
      total: 1,
      wholeMarket: 1,
      perSeries: 0,
    });
  });

  test('a market that misses three days and one symbol that misses years are four requests', () => {
    const { seriesRequests, marketDays } = plan(400, [
      series(0, upTo(400)),
      ...upTo(300).map((id) => series(id + 1, [397, 398, 399])),
    ]);
    expect(seriesRequests.map(({ id }) => id)).toEqual([0]);
    expect(marketDays.map(({ cells }) => cells)).toEqual([300, 300, 300]);
  });

  test('10,000 symbols by 2,520 sessions are 2,520 market days', () => {
    const everything = upTo(2520);
    const { requests, expectedRows } = plan(
      2520,
      upTo(10_000).map((id) => series(id, everything)),
    );
    expect(requests).toEqual({ total: 2520, wholeMarket: 2520, perSeries: 0 });
    expect(expectedRows).toBe(25_200_000);
  });

  test('what is in no whole-market answer is asked on its own, and pays for the rest of its cells', () => {
    const { requests, marketDays } = plan(2, [
      series(1, [0, 1], { wholeMarket: false }),
      series(2, [1]),
      series(3, [1]),
    ]);
    expect(requests).toEqual({ total: 2, wholeMarket: 1, perSeries: 1 });
    expect(marketDays).toEqual([{ session: '2020-01-02', cells: 2 }]);
  });

  test('a session before the history floor forces its symbols', () => {
    const all = [series(1, [0]), series(2, [0])];
    expect(plan(1, all, { wholeMarket: [false] }).requests.perSeries).toBe(2);
  });

  test('a cell that nothing brings is reported', () => {
    const { impossible, requests } = plan(1, [series(1, [0], { perSeries: false, wholeMarket: false })]);
    expect(impossible).toEqual([{ id: 1, session: '2020-01-01' }]);
    expect(requests.total).toBe(0);
  });

  test('nothing missing is no request', () => {
    expect(plan(5, [series(1, []), series(2, [])]).requests.total).toBe(0);
    expect(plan(0, []).requests.total).toBe(0);
  });

  test('a long series costs its pages', () => {
    const long = series(1, upTo(10));
    expect(plan(10, [long], { barsPerPage: 4 }).requests).toEqual({ total: 3, wholeMarket: 0, perSeries: 3 });
    const short = plan(10, [series(1, [0, 9])], { barsPerPage: 4 });
    expect(short.requests).toEqual({ total: 2, wholeMarket: 2, perSeries: 0 });
  });

  test.each([[[1, 0]], [[0, 0]], [[5]], [[-1]]])('sessions %j are refused', (missing) => {
    expect(() => plan(2, [series(9, missing)])).toThrow(/series 9/);
  });
});

interface Cost {
  readonly requests: number;
  readonly bytes: number;
}

/** Tries every set of market days; the rest follows. */
function bruteForce(input: PlanningInput, barsPerPage: number): Cost & { readonly impossible: number } {
  const usable = upTo(input.sessions.length).filter((day) => input.wholeMarket[day]);
  const covers: Cost[] = [];
  const hopeless = (one: MissingSeries, day: number) =>
    !one.perSeries && !(one.wholeMarket && input.wholeMarket[day]);
  for (let chosen = 0; chosen < 2 ** usable.length; chosen += 1) {
    const market = new Set(usable.filter((_, bit) => (chosen >> bit) & 1));
    let [requests, bytes, complete] = [market.size, market.size * bytesPerMarketDay, true];
    for (const one of input.series) {
      const open = one.missing.filter((day) => !hopeless(one, day) && !(one.wholeMarket && market.has(day)));
      if (open.length === 0) continue;
      const span = (one.missing.at(-1) ?? 0) - (one.missing[0] ?? 0) + 1;
      if (one.perSeries)
        [requests, bytes] = [requests + Math.ceil(span / barsPerPage), bytes + span * bytesPerBar];
      else complete = false;
    }
    if (complete) covers.push({ requests, bytes });
  }
  covers.sort((a, b) => a.requests - b.requests || a.bytes - b.bytes);
  const impossible = input.series.flatMap((one) => one.missing.filter((day) => hopeless(one, day))).length;
  return { ...(covers[0] ?? { requests: NaN, bytes: NaN }), impossible };
}

const smallCase = fc.integer({ min: 1, max: 6 }).chain((sessions) =>
  fc.record({
    sessions: fc.constant(days(sessions)),
    wholeMarket: fc.array(fc.boolean(), { minLength: sessions, maxLength: sessions }),
    barsPerPage: fc.constantFrom(2, 50_000),
    series: fc
      .array(
        fc.record({
          missing: fc.subarray(upTo(sessions)),
          perSeries: fc.oneof(
            { weight: 4, arbitrary: fc.constant(true) },
            { weight: 1, arbitrary: fc.constant(false) },
          ),
          wholeMarket: fc.boolean(),
        }),
        { maxLength: 6 },
      )
      .map((all) => all.map((one, id) => ({ id, ...one }))),
  }),
);

test('no plan is cheaper, in requests and then in bytes, and every cell is served or reported', () => {
  fc.assert(
    fc.property(smallCase, (input) => {
      const { requests, expectedBytes, impossible, seriesRequests, marketDays } = planRequests(input);
      const best = bruteForce(input, input.barsPerPage);
      expect({ requests: requests.total, bytes: expectedBytes, impossible: impossible.length }).toEqual(best);
      const asked = new Set(seriesRequests.map(({ id }) => id));
      const market = new Set(marketDays.map(({ session }) => session));
      const lost = new Set(impossible.map(({ id, session }) => `${id} ${session}`));
      for (const { id, missing, wholeMarket } of input.series) {
        for (const day of missing) {
          const session = input.sessions[day] ?? '';
          expect(asked.has(id) || (wholeMarket && market.has(session)) || lost.has(`${id} ${session}`)).toBe(
            true,
          );
        }
      }
    }),
    { numRuns: 2000 },
  );
});
