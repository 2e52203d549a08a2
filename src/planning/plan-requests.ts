import type { SessionDate } from '../domain/session.ts';
import { chooseRequests, type RequestChoice } from './choose-requests.ts';
import { checkInput, type MissingSeries, type PlanningInput } from './planning-input.ts';
import { marketDayCost, seriesCost, totalCost } from './request-cost.ts';

export interface SeriesPlan {
  readonly id: number;
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly cells: number;
  readonly pages: number;
}

export interface MarketDayPlan {
  readonly session: SessionDate;
  /** Without those of series that are asked on their own. */
  readonly cells: number;
}

export interface MissingCell {
  readonly id: number;
  readonly session: SessionDate;
}

/** The fewest requests, in pages, that bring every missing (series, session) cell; of equals the fewest bytes. */
export interface RequestPlan {
  /** In the order of the input. */
  readonly seriesRequests: readonly SeriesPlan[];
  /** Oldest first. */
  readonly marketDays: readonly MarketDayPlan[];
  /** Cells that no allowed request brings. */
  readonly impossible: readonly MissingCell[];
  readonly requests: { readonly total: number; readonly wholeMarket: number; readonly perSeries: number };
  readonly expectedRows: number;
  readonly expectedBytes: number;
}

/** Plans the requests; throws a RangeError for input that is out of range, out of order or too large to weigh. */
export function planRequests(input: PlanningInput): RequestPlan {
  checkInput(input);
  const { sessions, series, barsPerPage } = input;
  const choice = chooseRequests(input);
  const asked = series.filter((_, index) => choice.series[index]);
  const seriesRequests = asked.map((one) => seriesPlan(one, input));
  const { cellsOfDay, impossible } = sortCells(input, choice);
  const marketDays = sessions.flatMap((session, day) =>
    choice.days[day] ? { session, cells: cellsOfDay[day] ?? 0 } : [],
  );
  const own = totalCost(asked.map(({ missing }) => seriesCost(missing, barsPerPage)));
  const market = totalCost(marketDays.map(() => marketDayCost));
  return {
    seriesRequests,
    marketDays,
    impossible,
    requests: { total: own.pages + market.pages, wholeMarket: market.pages, perSeries: own.pages },
    expectedRows: [...seriesRequests, ...marketDays].reduce((rows, { cells }) => rows + cells, 0),
    expectedBytes: own.bytes + market.bytes,
  };
}

function seriesPlan({ id, missing }: MissingSeries, { sessions, barsPerPage }: PlanningInput): SeriesPlan {
  const cells = missing.length;
  const sessionAt = (at: number) => sessions[missing[at] ?? -1] ?? '';
  const { pages } = seriesCost(missing, barsPerPage);
  return { id, from: sessionAt(0), to: sessionAt(cells - 1), cells, pages };
}

/** The cells of series that are not asked on their own: a market day brings them, or nothing does. */
function sortCells({ sessions, series }: PlanningInput, choice: RequestChoice) {
  const cellsOfDay = new Int32Array(sessions.length);
  const impossible: MissingCell[] = [];
  for (const [index, { id, missing, wholeMarket }] of series.entries()) {
    for (let at = 0; !choice.series[index] && at < missing.length; at += 1) {
      const day = missing[at] ?? 0;
      if (wholeMarket && choice.days[day]) cellsOfDay[day] = (cellsOfDay[day] ?? 0) + 1;
      else impossible.push({ id, session: sessions[day] ?? '' });
    }
  }
  return { cellsOfDay, impossible };
}
