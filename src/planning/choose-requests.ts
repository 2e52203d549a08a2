import { groupByNeighbours, transpose, type Group } from './group-cells.ts';
import type { MissingSeries, PlanningInput } from './planning-input.ts';
import { marketDayCost, seriesCosts, totalCost, weightWithin } from './request-cost.ts';
import { minimumVertexCover } from './vertex-cover.ts';

/** What is asked, by the index of a series and of a session. */
interface RequestChoice {
  readonly series: readonly boolean[];
  readonly days: readonly boolean[];
}

/** The cheapest requests that bring every cell. */
export function chooseRequests(input: PlanningInput): RequestChoice {
  const { sessions, wholeMarket } = input;
  const everyDay = wholeMarket.every(Boolean);
  const series = input.series.map((one) => mustBeAsked(one, everyDay ? null : wholeMarket));
  const days = sessions.map(() => false);
  const open = [...input.series.keys()].filter((index) => !series[index] && isOpen(input.series[index]));
  const cover = coverCells(input, open);
  for (const index of cover.series) series[index] = true;
  for (const day of cover.days) days[day] = true;
  return { series, days };
}

/** True where some cell of the series is in no whole-market answer; null stands for sessions that all have one. */
function mustBeAsked(one: MissingSeries, wholeMarket: readonly boolean[] | null): boolean {
  if (one.missing.length === 0) return false;
  if (!one.wholeMarket) return true;
  return wholeMarket !== null && Array.prototype.some.call(one.missing, (day: number) => !wholeMarket[day]);
}

function isOpen(one: MissingSeries | undefined): boolean {
  return one !== undefined && one.wholeMarket && one.missing.length > 0;
}

interface Chosen {
  readonly series: readonly number[];
  readonly days: readonly number[];
}

/** Decides for the open series, given by their index, between requests of their own and market days. */
function coverCells({ sessions, bars, wholeMarket, series }: PlanningInput, open: readonly number[]): Chosen {
  const asked = open.flatMap((index) => series[index] ?? []);
  const costs = asked.map(seriesCosts(bars));
  const weight = weightWithin(totalCost([...costs, ...sessions.map(() => marketDayCost)]));
  const weights = costs.map(weight);

  const rows = groupByNeighbours(asked.map(({ missing }) => missing));
  const rowsOfDay = transpose(
    rows.map(({ neighbours }) => neighbours),
    sessions.length,
  );
  // Nobody decides about a day that cannot be asked: those that miss it have no other request either.
  const columns = groupByNeighbours(rowsOfDay.map((list, day) => (wholeMarket[day] ? list : [])));
  const cover = minimumVertexCover({
    leftWeights: rows.map(({ members }) => members.reduce((sum, at) => sum + (weights[at] ?? 0), 0)),
    rightWeights: columns.map(({ members }) => members.length * weight(marketDayCost)),
    edges: transpose(
      columns.map(({ neighbours }) => neighbours),
      rows.length,
    ),
  });
  return {
    series: membersOf(rows, cover.left).map((at) => open[at] ?? -1),
    days: membersOf(columns, cover.right),
  };
}

function membersOf(groups: readonly Group[], chosen: readonly boolean[]): readonly number[] {
  return groups.flatMap(({ members }, index) => (chosen[index] ? members : []));
}
