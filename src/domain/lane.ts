/** Whose turn at a provider comes first: requests for what has just happened, or those that fill up the past. */
export type Lane = 'live' | 'background';

/** The least urgent priority of a flow, as Temporal counts, whose requests are live: 3 is what has none. */
const lastLivePriority = 3;

/** The lane of a flow by its priority, 1 the first. */
export function laneOf(priorityKey: number): Lane {
  return priorityKey > lastLivePriority ? 'background' : 'live';
}
