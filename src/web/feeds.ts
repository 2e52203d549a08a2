import { askedCoverage } from './coverage/asked-coverage.ts';
import { readAsked } from './coverage/read-asked.ts';
import { mapBytes, zippedMap } from './coverage/map-bytes.ts';
import { readCloser } from './coverage/read-closer.ts';
import type { Visit } from './page.ts';
import type { Found } from './reaching.ts';

/** What a page's script asks for, as it is sent. */
export interface Fed {
  readonly type: string;
  readonly body: () => Uint8Array | string;
  /** The same gzipped, where that is kept: it is made once for many. */
  readonly zipped?: () => Promise<Uint8Array>;
  /** Another one once the body is another. */
  readonly etag: string | null;
}

/** An address that a script reads; `refused`: what of the address cannot be. */
export interface Feed {
  readonly path: string;
  readonly answer: (visit: Visit) => Promise<Found<Fed> | { readonly refused: string }>;
}

const coverageMap: Feed = {
  path: '/coverage/map',
  async answer(visit) {
    const asked = askedCoverage(visit.query, visit.now);
    if (asked.problems.size > 0) return { refused: [...asked.problems.values()].join('; ') };
    return visit.read(async (_, store) => {
      const { kept } = await readAsked(store, visit, asked);
      const { source, interval, range } = asked;
      const etag = `"${[source, interval, range.from, range.to, kept.version].join(' ')}"`;
      return {
        type: 'application/octet-stream',
        body: () => mapBytes(kept),
        zipped: () => zippedMap(kept),
        etag,
      };
    });
  },
};

const coverageCloser: Feed = {
  path: '/coverage/closer',
  async answer(visit) {
    const asked = askedCoverage(visit.query, visit.now);
    if (asked.problems.size > 0) return { refused: [...asked.problems.values()].join('; ') };
    return visit.read(async (db, store) => {
      const { kept, asked: from } = await readAsked(store, visit, asked);
      const body = await readCloser(db, visit, from, kept);
      return { type: 'text/html; charset=utf-8', body: () => body.toString(), etag: null };
    });
  },
};

/** Every one there is. */
export const feeds: readonly Feed[] = [coverageMap, coverageCloser];
