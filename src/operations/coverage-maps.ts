import { createHash } from 'node:crypto';
import { lastClosedSession } from '../calendar/exchange-calendar.ts';
import { isIntraday } from '../domain/interval.ts';
import { readCoverageMap, type CoverageMap, type MapWish } from '../pipelines/gaps/coverage-map.ts';
import { createMonthsReader, type ReadMonths } from '../pipelines/gaps/month-masks.ts';
import { coverageVersion } from '../store/coverage-version.ts';
import type { Store } from '../store/database.ts';
import { readBlockedCells, type BlockedCells } from '../store/blocked-cells.ts';
import { keptValues } from './kept-values.ts';

export type { CoverageMap, MapMonth, MapWish } from '../pipelines/gaps/coverage-map.ts';

/** A map, what an open error blocks of its cells, and a text that is another one once any of that may have changed. */
export interface KeptMap {
  readonly map: CoverageMap;
  readonly blocked: readonly BlockedCells[];
  readonly version: string;
}

/** Maps that were read, kept until something that they show has changed. */
export interface CoverageMaps {
  readonly read: (store: Store, wish: MapWish) => Promise<KeptMap>;
}

/** A map of 5 million cells takes 10 MB. */
const mostKept = 2;

/** Keeps a few maps; whoever asks for one that is being read gets the same. */
export function createCoverageMaps(): CoverageMaps {
  const readMonths = createMonthsReader();
  const kept = keptValues<KeptMap>(mostKept);
  return {
    async read(store, wish) {
      const { source, interval, range, nowMs } = wish;
      const closed = lastClosedSession(new Date(nowMs)).session;
      const version = await coverageVersion(store.db);
      const make = () => readKept(store, wish, { version: `${version} ${closed}`, readMonths });
      // Of hours nothing tells that they have changed but they themselves.
      if (isIntraday(interval)) return make();
      return kept([source, interval, range.from, range.to, closed].join(' '), version, make);
    },
  };
}

async function readKept(
  store: Store,
  wish: MapWish,
  { version, readMonths }: { readonly version: string; readonly readMonths: ReadMonths },
): Promise<KeptMap> {
  const map = await readCoverageMap(store, wish, readMonths);
  const [from, to] = [map.sessions.at(0), map.sessions.at(-1)];
  const blocked =
    from === undefined || to === undefined || isIntraday(wish.interval)
      ? []
      : await readBlockedCells(store.db, wish.source, { from, to });
  const digest = createHash('sha256').update(map.stamps.join(' ')).digest('base64url');
  return { map, blocked, version: `${version} ${digest}` };
}
