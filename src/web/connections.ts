import type { Client } from '@temporalio/client';
import type { SourceName } from '../domain/source.ts';
import { openStore, type Store } from '../store/database.ts';
import { requireMigrated } from '../store/migrate.ts';
import { connectClient, type TemporalTarget } from '../temporal/connection.ts';

/** Where the services are at the moment. Each throws, with a remedy, where there is none. */
export interface Whereabouts {
  readonly databaseUrl: () => string;
  readonly temporal: () => TemporalTarget;
  /** Of Temporal's Web UI, without a slash at its end; null: nobody knows. */
  readonly temporalUi: () => string | null;
  /** Where each source is asked; null: its own hosts. */
  readonly baseUrls: () => Readonly<Record<SourceName, string | null>>;
}

/** The connections of a dashboard: made when they are asked for, made anew where a service has moved. */
export interface Connections {
  readonly readingStore: () => Promise<Store>;
  readonly temporal: () => Promise<Client>;
  readonly close: () => Promise<void>;
}

/** Reads of one page go on side by side; more would take them from those who write. */
const mostReads = 4;
const statementMs = 5_000;

export function createConnections(
  { databaseUrl, temporal }: Pick<Whereabouts, 'databaseUrl' | 'temporal'>,
  onIdleError: (error: Error) => void,
): Connections {
  const stores = keeper<{ readonly store: Store; migrated: boolean }>(({ store }) => store.close());
  const clients = keeper<Client>((client) => client.connection.close());
  return {
    async readingStore() {
      const url = databaseUrl();
      const kept = await stores.of(url, () =>
        Promise.resolve({
          store: openStore(url, {
            ...{ name: 'dashboard', max: mostReads, onIdleError },
            reading: { statementMs },
          }),
          migrated: false,
        }),
      );
      if (!kept.migrated) await requireMigrated(kept.store.db);
      kept.migrated = true;
      return kept.store;
    },
    temporal() {
      const target = temporal();
      return clients.of(`${target.address} ${target.namespace}`, () =>
        connectClient(target, { forPages: true }),
      );
    },
    async close() {
      await Promise.all([stores.end(), clients.end()]);
    },
  };
}

/** Keeps what was made for a key until it is asked for another; what could not be made is tried again. */
function keeper<Kept>(close: (kept: Kept) => Promise<void>) {
  let current: { readonly key: string; readonly kept: Promise<Kept> } | null = null;
  const end = async () => {
    const ending = current;
    current = null;
    if (ending !== null) await ending.kept.then(close, () => undefined);
  };
  return {
    end,
    of(key: string, make: () => Promise<Kept>): Promise<Kept> {
      if (current?.key === key) return current.kept;
      // Whoever still reads from the former one ends that first.
      void end();
      const made = { key, kept: make() };
      current = made;
      made.kept.catch(() => {
        if (current === made) current = null;
      });
      return made.kept;
    },
  };
}
