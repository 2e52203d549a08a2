import type { Moment } from '../market/moment.ts';
import type { SimulatedAction } from '../market/simulated-action.ts';

/** True when Polygon lists the action: 30 days before the ex-date unless scripted. Its splits have no spin-offs. */
export function polygonLists({ kind, exDate, news }: SimulatedAction, moment: Moment): boolean {
  if (kind === 'spin_off' || news.onlyBy === 'yahoo') return false;
  const { polygonListsFromMs: from } = news;
  return from === undefined ? exDate <= moment.announcedThrough : from <= moment.nowMs;
}
