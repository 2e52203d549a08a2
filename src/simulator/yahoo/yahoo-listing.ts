import type { Moment } from '../market/moment.ts';
import type { SimulatedAction } from '../market/simulated-action.ts';

/** True when Yahoo has the action among its events: from the ex-date on unless scripted, never before it. */
export function yahooLists({ exDate, news }: SimulatedAction, { today, nowMs }: Moment): boolean {
  return exDate <= today && news.onlyBy !== 'polygon' && (news.yahooListsFromMs ?? -Infinity) <= nowMs;
}

/** How often Yahoo's prices are adjusted for the action: once from the ex-date on unless scripted. */
export function yahooApplies({ exDate, inPrices, news }: SimulatedAction, { today, nowMs }: Moment): number {
  const { yahooAppliesFromMs: from, yahooAppliesTwice = false } = news;
  const applies = from === undefined ? inPrices && exDate <= today : from <= nowMs;
  return applies ? (yahooAppliesTwice ? 2 : 1) : 0;
}
