import { exchangeCalendar } from '../../src/calendar/exchange-calendar.ts';
import { flows, type FlowName } from '../../src/flows/index.ts';
import type { Run } from '../../src/runs/run.ts';
import type { Store } from '../../src/store/database.ts';
import { insertRun } from '../../src/store/runs.ts';

/** Enters a run into the ledger as its opening does, without Temporal. */
export async function enterRun({ db }: Store, { request, ...run }: Run & { readonly flow: FlowName }) {
  const sessions = flows[run.flow].sessions(request, exchangeCalendar);
  await insertRun(db, { ...run, sessions, parameters: request });
}
