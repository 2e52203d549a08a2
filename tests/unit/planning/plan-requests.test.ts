import { describe, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/date-range.ts';
import { planRequests, type RequestPlan } from '../../../src/planning/plan-requests.ts';
import type { MissingSeries, PlanningInput } from '../../../src/planning/planning-input.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const days = (count: number) => upTo(count).map((index) => addDays('2020-01-01', index));

function series(
  id: number,
  missing: MissingSeries['missing'],
  over: Partial<MissingSeries> = {},
): MissingSeries {
  return { id, missing, wholeMarket: true, ...over };
}

function plan(
  sessions: number,
  all: readonly MissingSeries[],
  over: Partial<PlanningInput> = {},
): RequestPlan {
  const wholeMarket = upTo(sessions).map(() => true);
  const bars = upTo(sessions).map(() => 1);
  return planRequests({ sessions: days(sessions), bars, wholeMarket, series: all, ...over });
}

describe('the fewest requests', () => {
  test('10,000 series by one session are one request', () => {
    const { requests, expectedRows } = plan(
      1,
      upTo(10_000).map((id) => series(id, [0])),
    );
    expect(requests).toEqual({ total: 1, wholeMarket: 1, perSeries: 0 });
    expect(expectedRows).toBe(10_000);
  });

  test('one series by 2,520 sessions is one page', () => {
    const { seriesRequests, requests, expectedRows } = plan(2520, [series(7, upTo(2520))]);
    expect(requests).toEqual({ total: 1, wholeMarket: 0, perSeries: 1 });
    const to = addDays('2020-01-01', 2519);
    expect(seriesRequests).toEqual([{ id: 7, from: '2020-01-01', to }]);
    expect(expectedRows).toBe(2520);
  });

  test('one series by one session is asked on its own: the same one request, fewer bytes', () => {
    expect(plan(1, [series(1, [0])]).requests).toEqual({ total: 1, wholeMarket: 0, perSeries: 1 });
  });

  test('two series by one session are one market day', () => {
    const { requests } = plan(1, [series(1, [0]), series(2, [0])]);
    expect(requests).toEqual({ total: 1, wholeMarket: 1, perSeries: 0 });
  });

  test('300 series by three sessions, one of them missing 400 older ones too, are four requests', () => {
    const { seriesRequests, marketDays, expectedRows } = plan(403, [
      series(0, upTo(403)),
      ...upTo(299).map((index) => series(index + 1, [400, 401, 402])),
    ]);
    expect(seriesRequests).toEqual([{ id: 0, from: days(403)[0], to: days(403)[402] }]);
    expect(marketDays).toEqual(days(403).slice(400));
    expect(expectedRows).toBe(403 + 3 * 299);
  });

  test('a series that takes several pages costs them all', () => {
    const bars = upTo(10).map(() => 12_500);
    const whole = plan(10, [series(1, upTo(10))], { bars });
    expect(whole.requests).toEqual({ total: 3, wholeMarket: 0, perSeries: 3 });
    const ends = plan(10, [series(1, [0, 9])], { bars });
    expect(ends.requests).toEqual({ total: 2, wholeMarket: 2, perSeries: 0 });
  });

  test('nothing missing is no request', () => {
    const nothing = {
      seriesRequests: [],
      marketDays: [],
      requests: { total: 0, wholeMarket: 0, perSeries: 0 },
      expectedRows: 0,
    };
    expect(plan(0, [])).toEqual(nothing);
    expect(plan(5, [])).toEqual(nothing);
    expect(plan(5, [series(1, []), series(2, [], { wholeMarket: false })])).toEqual(nothing);
  });
});

describe('a series under several tickers', () => {
  test('is a request under each, and the figures count all of them', () => {
    const { seriesRequests, requests } = plan(400, [series(7, upTo(400), { borders: [150, 300] })]);
    expect(seriesRequests).toEqual([
      { id: 7, from: days(400)[0], to: days(400)[149] },
      { id: 7, from: days(400)[150], to: days(400)[299] },
      { id: 7, from: days(400)[300], to: days(400)[399] },
    ]);
    expect(requests).toEqual({ total: 3, wholeMarket: 0, perSeries: 3 });
  });

  test('costs so many that market days may be fewer', () => {
    const cut = [1, 2].map((id) => series(id, [0, 1, 2], { borders: [1, 2] }));
    expect(plan(3, cut).requests).toEqual({ total: 3, wholeMarket: 3, perSeries: 0 });
    const whole = [1, 2].map((id) => series(id, [0, 1, 2]));
    expect(plan(3, whole).requests).toEqual({ total: 2, wholeMarket: 0, perSeries: 2 });
  });

  test.each([[[0]], [[3]], [[2, 1]], [[1, 1]], [[-1]]])('cannot be cut at %j', (borders) => {
    expect(() => plan(3, [series(9, upTo(3), { borders })])).toThrow(
      /^series 9: no part of 3 sessions begins/,
    );
  });
});

describe('what cannot be chosen', () => {
  test('without whole-market requests every series is asked on its own', () => {
    const all = upTo(50).map((id) => series(id, [0, 1]));
    const { requests, seriesRequests } = plan(2, all, { wholeMarket: [false, false] });
    expect(requests).toEqual({ total: 50, wholeMarket: 0, perSeries: 50 });
    expect(seriesRequests.map(({ id }) => id)).toEqual(upTo(50));
  });

  test('a session before the history floor forces the series that miss it', () => {
    const all = [series(1, [0, 1]), series(2, [1]), series(3, [1])];
    const { seriesRequests, marketDays } = plan(2, all, { wholeMarket: [false, true] });
    expect(seriesRequests).toEqual([{ id: 1, from: '2020-01-01', to: '2020-01-02' }]);
    expect(marketDays).toEqual(['2020-01-02']);
  });

  test('a series in no whole-market answer is asked on its own', () => {
    const all = [series(1, [0, 1], { wholeMarket: false }), series(2, [1]), series(3, [1])];
    const { requests, seriesRequests, marketDays } = plan(2, all);
    expect(requests).toEqual({ total: 2, wholeMarket: 1, perSeries: 1 });
    expect(seriesRequests.map(({ id }) => id)).toEqual([1]);
    expect(marketDays).toEqual(['2020-01-02']);
  });
});

describe('bars of a session', () => {
  test('count as rows: 35 hours of five sessions', () => {
    const { requests, expectedRows } = plan(5, [series(1, upTo(5))], { bars: [7, 7, 7, 7, 7] });
    expect(requests).toEqual({ total: 1, wholeMarket: 0, perSeries: 1 });
    expect(expectedRows).toBe(35);
  });

  test('are those of the session that is missing: a half day has four', () => {
    const all = [series(1, [0, 2]), series(2, [1])];
    expect(plan(3, all, { bars: [7, 4, 7] }).expectedRows).toBe(18);
  });

  test('of sessions between two missing ones fill the pages of a request as well', () => {
    const wholeMarket = [false, false, false];
    const { requests, expectedRows } = plan(3, [series(1, [0, 2])], {
      bars: [20_000, 10_001, 20_000],
      wholeMarket,
    });
    expect(requests).toEqual({ total: 2, wholeMarket: 0, perSeries: 2 });
    expect(expectedRows).toBe(40_000);
  });
});

describe('large plans', () => {
  test('10,000 series that miss all of 2,520 sessions are 2,520 market days, given compactly or not', () => {
    const everything = upTo(2520);
    const shared = plan(
      2520,
      upTo(10_000).map((id) => series(id, everything)),
    );
    const apart = plan(
      2520,
      upTo(10_000).map((id) => series(id, Uint16Array.from(everything))),
    );
    expect(shared.requests).toEqual({ total: 2520, wholeMarket: 2520, perSeries: 0 });
    expect(shared.expectedRows).toBe(25_200_000);
    expect(apart).toEqual(shared);
  });

  test('10,000 series that each miss another hundredth of 2,520 sessions take no more than the market days', () => {
    const all = upTo(10_000).map((id) =>
      series(
        id,
        upTo(2520).filter((day) => Math.imul(id * 2520 + day + 1, 0x9e3779b1) >>> 0 < 2 ** 32 / 100),
      ),
    );
    const { requests, expectedRows } = plan(2520, all);
    expect(requests.total).toBeLessThanOrEqual(2520);
    expect(requests.wholeMarket).toBeGreaterThan(2000);
    expect(expectedRows).toBe(all.reduce((cells, { missing }) => cells + missing.length, 0));
  });
});

describe('input that is refused', () => {
  test.each([[[1, 0]], [[0, 0]], [[5]], [[-1]], [[0.5]], [[NaN]]])('session indexes %j', (missing) => {
    expect(() => plan(2, [series(9, missing)])).toThrow(/^series 9: session index/);
  });

  test.each([0, -1, 1.5, NaN, Infinity])('%d bars of a session', (bars) => {
    expect(() => plan(2, [], { bars: [1, bars] })).toThrow(/^the bars of 2020-01-02/);
  });

  test('a list of bars of another length', () => {
    expect(() => plan(2, [], { bars: [1] })).toThrow('bars has 1 entries for 2 sessions');
  });

  test('a list of market days of another length', () => {
    expect(() => plan(2, [], { wholeMarket: [true] })).toThrow('1 entries for 2 sessions');
  });

  test('sessions out of order', () => {
    expect(() => plan(2, [], { sessions: ['2020-01-02', '2020-01-01'] })).toThrow(
      '2020-01-01 is out of order',
    );
  });

  test('so much that its weights would not be exact', () => {
    const everything = upTo(2520);
    const all = upTo(10_000).map((id) => series(id, everything));
    const bars = everything.map(() => 50_000);
    expect(() => plan(2520, all, { bars })).toThrow(/too much to weigh exactly/);
  });
});
