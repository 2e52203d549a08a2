import type { Client } from '@temporalio/client';
import type { Store } from '../../store/database.ts';
import { readLiveMarks } from '../../store/live-marks.ts';
import type { PageClock } from '../page-clock.ts';
import type { Reached } from '../reaching.ts';
import type { Sight } from './poller.ts';

interface Services {
  readonly store: Reached<Store>;
  readonly temporal: Reached<Client>;
  readonly clock: () => PageClock;
}

/** A look at all that pages show; a service that does not answer has the marks of none. */
export async function look({ store, temporal, clock }: Services): Promise<Sight> {
  const [marks, server] = await Promise.all([
    store.reach(({ db }) => readLiveMarks(db), clock()),
    temporal.reach((client) => client.workflowService.getSystemInfo({}), clock()),
  ]);
  return {
    marks: { ...(marks.ok ? marks.value : {}), server: String(server.ok) },
    away: [...(marks.ok ? [] : ['PostgreSQL']), ...(server.ok ? [] : ['Temporal'])],
  };
}
