import type { Client } from '@temporalio/client';
import type { Config } from '../config.ts';
import type { SourceName } from '../domain/source.ts';
import type { CoverageMaps } from '../operations/coverage-maps.ts';
import type { ReadFreshness } from '../operations/freshness.ts';
import type { Database, Store } from '../store/database.ts';
import type { Html } from './markup.ts';
import type { PageClock } from './page-clock.ts';
import type { Found } from './reaching.ts';

/** The pages that the header leads to, in its order; those that nobody has written are not there. */
export const navigation = ['Today', 'Coverage', 'Symbols', 'Runs', 'Quality', 'Backfill'] as const;
export type PageName = (typeof navigation)[number];

/** One request for a page, and all that a page is made with. */
export interface Visit {
  readonly config: Config;
  readonly now: Date;
  readonly clock: PageClock;
  /** What stands behind `?`. */
  readonly query: URLSearchParams;
  /** What stands below the page's own path, decoded, cut at the slashes. */
  readonly below: readonly string[];
  /** For each form that changes something, as a hidden field: see `formToken` in guard.ts. */
  readonly token: string;
  /** Reads from the store with the pool that cannot write; what fails comes back in words, each section by itself. */
  readonly read: <Value>(reading: (db: Database, store: Store) => Promise<Value>) => Promise<Found<Value>>;
  /** The same of the Temporal server. */
  readonly ask: <Value>(asking: (client: Client) => Promise<Value>) => Promise<Found<Value>>;
  /** Where Temporal's Web UI is, without a slash at its end; null: nobody knows. */
  readonly temporalUi: () => string | null;
  /** What there is of every cell, kept between requests. */
  readonly maps: CoverageMaps;
  /** How far each source's bars go, kept as well. */
  readonly freshness: ReadFreshness;
  /** Where each source is asked; null: its own hosts. Throws what `read` and `ask` put in words. */
  readonly baseUrls: () => Readonly<Record<SourceName, string | null>>;
}

/** What a page shows. */
export interface Shown {
  /** Of the tab: the state first, without the program's name. */
  readonly title: string;
  readonly body: Html;
  /** 200 unless told. A page of which a part could not be read is 503 by itself. */
  readonly status?: 200 | 400 | 404;
}

/** A page. */
export interface Page {
  /** `/` or `/word`; with `below` whatever lies under it, and not it itself. */
  readonly path: string;
  readonly below?: true;
  /** Its place in the header; the first page of a name is where that leads. */
  readonly name: PageName;
  /** Modules of assets/ that it is better with. */
  readonly scripts?: readonly string[];
  /** Reads what it is for, and shows it; null: there is no such page. */
  readonly show: (visit: Visit) => Promise<Shown | null>;
}
