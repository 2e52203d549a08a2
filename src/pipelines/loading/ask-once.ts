import { setTimeout as delay } from 'node:timers/promises';
import type { MarketDayRequest, SeriesRequest } from '../../store/load-requests.ts';
import { releaseRequests } from '../../store/claimed-requests.ts';
import type { Database } from '../../store/database.ts';
import type { Asked } from './asking.ts';
import type { Loaded } from './load-outcomes.ts';
import type { OpenBatch } from './open-batch.ts';

/** How often it is looked whether another run has its answer. */
const lookEveryMs = 200;

/**
 * Asks what no other run asks at the moment or has had answered since this one began: where one has, its answer is taken
 * for ours. Null as `Asking.ask` says, and where it is no longer planned.
 */
export async function askOnce<T>(
  { store: { db }, asking, claims }: OpenBatch,
  { id }: { readonly id: number },
  ask: () => Promise<Asked<T> | null>,
): Promise<Asked<T> | 'answered' | null> {
  const { signal, patienceMs } = asking.caller;
  for (let waitedMs = 0; asking.isOpen; waitedMs += lookEveryMs) {
    const claim = await claims.claim(id);
    if (claim === 'answered') return claim;
    if (claim === 'dropped') return null;
    if (claim === 'ours') return askClaimed(db, id, ask);
    if (waitedMs > patienceMs) asking.resumeLater(lookEveryMs);
    else await delay(lookEveryMs, undefined, { signal });
  }
  return null;
}

async function askClaimed<T>(
  db: Database,
  id: number,
  ask: () => Promise<Asked<T> | null>,
): Promise<Asked<T> | null> {
  let asked: Asked<T> | null = null;
  try {
    asked = await ask();
  } finally {
    if (asked === null) await releaseRequests(db, [id]);
  }
  return asked;
}

/** What it means for a load that another run has had it all. */
export function answeredElsewhere(asked: SeriesRequest | MarketDayRequest): Loaded {
  const request = { id: asked.id, requests: 0, error: null };
  const nothing = { bars: null, absences: [], verdicts: [], rejected: [] };
  const message = 'another run has asked for it meanwhile: its answer is taken';
  if ('session' in asked) {
    const ofDay = `the market day ${asked.session}: ${message}`;
    return { ...nothing, request, interval: '1d', events: [{ level: 'info', message: ofDay }] };
  }
  const { loadId, instrumentId, symbol, interval } = asked;
  const verdict = { loadId, instrumentId, symbol, records: 0, status: 'success', error: null } as const;
  return {
    ...nothing,
    request,
    interval,
    verdicts: [verdict],
    isPart: asked.isPart,
    events: [{ level: 'info', symbol, message }],
  };
}
