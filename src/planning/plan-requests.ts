import type { SessionDate } from '../domain/session.ts';
import { chooseRequests } from './choose-requests.ts';
import { checkInput, requestSpans, type MissingSeries, type PlanningInput } from './planning-input.ts';
import { seriesCosts, totalCost } from './request-cost.ts';

/** One request for a series, or for what of it lies under one ticker. */
export interface SeriesPlan {
  readonly id: number;
  readonly from: SessionDate;
  readonly to: SessionDate;
}

/** The fewest requests, in pages, that bring every missing (series, session) cell; of equals the fewest bytes. */
export interface RequestPlan {
  /** In the order of the input. */
  readonly seriesRequests: readonly SeriesPlan[];
  /** The sessions of which the whole market is asked, oldest first. */
  readonly marketDays: readonly SessionDate[];
  readonly requests: { readonly total: number; readonly wholeMarket: number; readonly perSeries: number };
  /** The bars of all missing cells. */
  readonly expectedRows: number;
}

/** Plans the requests; throws a RangeError for input that is out of range, out of order or too large to weigh. */
export function planRequests(input: PlanningInput): RequestPlan {
  checkInput(input);
  const { sessions, series, bars } = input;
  const choice = chooseRequests(input);
  const asked = series.filter((_, index) => choice.series[index]);
  const marketDays = sessions.filter((_, day) => choice.days[day]);
  const costOf = seriesCosts(bars);
  const { pages } = totalCost(asked.map(costOf));
  return {
    seriesRequests: asked.flatMap((one) => seriesPlans(one, sessions)),
    marketDays,
    requests: { total: pages + marketDays.length, wholeMarket: marketDays.length, perSeries: pages },
    expectedRows: series.reduce((rows, { missing }) => rows + barsOf(missing, bars), 0),
  };
}

function seriesPlans(one: MissingSeries, sessions: readonly SessionDate[]): readonly SeriesPlan[] {
  return requestSpans(one).map(({ first, last }) => {
    return { id: one.id, from: sessions[first] ?? '', to: sessions[last] ?? '' };
  });
}

function barsOf(missing: ArrayLike<number>, bars: readonly number[]): number {
  let rows = 0;
  for (let at = 0; at < missing.length; at += 1) rows += bars[missing[at] ?? -1] ?? 0;
  return rows;
}
