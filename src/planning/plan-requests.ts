import type { SessionDate } from '../domain/session.ts';
import { groupByNeighbours, type Group } from './group-cells.ts';
import { minimumVertexCover } from './vertex-cover.ts';

/** An instrument under one ticker, with the sessions it misses. */
export interface MissingSeries {
  readonly id: number;
  /** Ascending indexes into the sessions. */
  readonly missing: readonly number[];
  /** Whether a request of its own may ask it; false when the provider has no such request. */
  readonly perSeries: boolean;
  /** Whether the whole-market answer has it; false for OTC and for a ticker that came later. */
  readonly wholeMarket: boolean;
}

export interface PlanningInput {
  /** Oldest first. */
  readonly sessions: readonly SessionDate[];
  /** For each session whether a whole-market request may ask it. */
  readonly wholeMarket: readonly boolean[];
  readonly series: readonly MissingSeries[];
  /** Bars that one page of a series' answer holds. */
  readonly barsPerPage?: number;
}

export interface SeriesPlan {
  readonly id: number;
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly cells: number;
  readonly pages: number;
}

/** The fewest requests, in pages, that bring every missing (series, session) cell; of equals the fewest bytes. */
export interface RequestPlan {
  /** In the order of the input. */
  readonly seriesRequests: readonly SeriesPlan[];
  /** Oldest first. */
  readonly marketDays: readonly { readonly session: SessionDate; readonly cells: number }[];
  /** Cells that no allowed request brings. */
  readonly impossible: readonly { readonly id: number; readonly session: SessionDate }[];
  readonly requests: { readonly total: number; readonly wholeMarket: number; readonly perSeries: number };
  readonly expectedRows: number;
  readonly expectedBytes: number;
}

export const bytesPerBar = 113;
export const bytesPerMarketDay = 1_400_000;
export const defaultBarsPerPage = 50_000;

/** One page outweighs the bytes of any plan that a double can tell apart. */
const pageWeight = 2 ** 38;

/** Plans the requests; throws a RangeError for cells that are out of range or out of order. */
export function planRequests(input: PlanningInput): RequestPlan {
  checkInput(input);
  const asked = forcedSeries(input);
  const open = input.series.filter(
    ({ id, missing, wholeMarket }) => !asked.has(id) && wholeMarket && missing.length > 0,
  );
  const days = chooseDays(input, open, asked);
  return describePlan(input, asked, days);
}

function checkInput({ sessions, wholeMarket, series }: PlanningInput): void {
  if (wholeMarket.length !== sessions.length) throw new RangeError('wholeMarket needs one entry a session');
  const checked = new Set<readonly number[]>();
  for (const { id, missing } of series) {
    if (checked.has(missing)) continue;
    checked.add(missing);
    const wrong = missing.find(
      (day, index) => day < 0 || day >= sessions.length || day <= (missing[index - 1] ?? -1),
    );
    if (wrong !== undefined)
      throw new RangeError(`series ${id}: session index ${wrong} is out of range or out of order`);
  }
}

/** Series that have to be asked on their own: some cell of theirs is in no whole-market answer. */
function forcedSeries({ series, wholeMarket }: PlanningInput): Set<number> {
  const everyDay = wholeMarket.every(Boolean);
  const forced = series.filter(
    ({ missing, perSeries, wholeMarket: inMarket }) =>
      perSeries &&
      missing.length > 0 &&
      (!inMarket || (!everyDay && missing.some((day) => !wholeMarket[day]))),
  );
  return new Set(forced.map(({ id }) => id));
}

function chooseDays(
  input: PlanningInput,
  open: readonly MissingSeries[],
  asked: Set<number>,
): ReadonlySet<number> {
  const { wholeMarket, barsPerPage = defaultBarsPerPage } = input;
  const available = (missing: readonly number[]) =>
    missing.every((day) => wholeMarket[day]) ? missing : missing.filter((day) => wholeMarket[day]);
  const groups = groupByNeighbours(
    open.map((series) => ({ member: series, neighbours: available(series.missing) })),
  );
  const days = groupByNeighbours(groupsOfDays(groups));
  const edges = groups.map((): number[] => []);
  for (const [day, { neighbours }] of days.entries()) for (const group of neighbours) edges[group]?.push(day);
  const cover = minimumVertexCover({
    leftWeights: groups.map(({ members }) => sum(members, (series) => seriesWeight(series, barsPerPage))),
    rightWeights: days.map(({ members }) => members.length * (pageWeight + bytesPerMarketDay)),
    edges,
  });
  for (const [group, { members }] of groups.entries()) {
    if (cover.left[group]) for (const { id } of members) asked.add(id);
  }
  return new Set(days.flatMap(({ members }, day) => (cover.right[day] ? members : [])));
}

function groupsOfDays(groups: readonly Group<MissingSeries>[]) {
  const byDay = new Map<number, number[]>();
  for (const [group, { neighbours }] of groups.entries()) {
    for (const day of neighbours) {
      const missing = byDay.get(day);
      if (missing === undefined) byDay.set(day, [group]);
      else missing.push(group);
    }
  }
  return Array.from(byDay, ([member, neighbours]) => ({ member, neighbours }));
}

function span(missing: readonly number[]): number {
  return (missing.at(-1) ?? 0) - (missing[0] ?? 0) + 1;
}

function seriesWeight({ missing, perSeries }: MissingSeries, barsPerPage: number): number {
  if (!perSeries) return Infinity;
  return Math.ceil(span(missing) / barsPerPage) * pageWeight + span(missing) * bytesPerBar;
}

function describePlan(
  input: PlanningInput,
  asked: ReadonlySet<number>,
  days: ReadonlySet<number>,
): RequestPlan {
  const { sessions, series, barsPerPage = defaultBarsPerPage } = input;
  const seriesRequests: SeriesPlan[] = [];
  const impossible: { readonly id: number; readonly session: SessionDate }[] = [];
  const cellsOfDay = new Map<number, number>();
  for (const { id, missing, wholeMarket } of series) {
    if (asked.has(id)) {
      const [from = '', to = ''] = [sessions[missing[0] ?? -1], sessions[missing.at(-1) ?? -1]];
      seriesRequests.push({
        id,
        from,
        to,
        cells: missing.length,
        pages: Math.ceil(span(missing) / barsPerPage),
      });
      continue;
    }
    for (const day of missing) {
      if (wholeMarket && days.has(day)) cellsOfDay.set(day, (cellsOfDay.get(day) ?? 0) + 1);
      else impossible.push({ id, session: sessions[day] ?? '' });
    }
  }
  const marketDays = [...days]
    .sort((a, b) => a - b)
    .map((day) => ({
      session: sessions[day] ?? '',
      cells: cellsOfDay.get(day) ?? 0,
    }));
  const perSeries = sum(seriesRequests, ({ pages }) => pages);
  return {
    seriesRequests,
    marketDays,
    impossible,
    requests: { total: perSeries + marketDays.length, wholeMarket: marketDays.length, perSeries },
    expectedRows: sum(seriesRequests, ({ cells }) => cells) + sum(marketDays, ({ cells }) => cells),
    expectedBytes:
      sum(series, ({ id, missing }) => (asked.has(id) ? span(missing) * bytesPerBar : 0)) +
      marketDays.length * bytesPerMarketDay,
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
