import { setTimeout as delay } from 'node:timers/promises';
import { createProviderBudget } from '../../src/pipelines/sources/provider-budget.ts';
import { openStore } from '../../src/store/database.ts';

/** A process that sends as fast as the budget lets it, a little late now and then, until it is told to stop. */
const [databaseUrl = '', serverUrl = '', perPeriod = '1', periodMs = '1', slackMs = '1', seed = '1'] =
  process.argv.slice(2);
const store = openStore(databaseUrl, { name: 'budget test' });
const budget = createProviderBudget({
  db: store.db,
  provider: 'polygon',
  keyHash: 'k',
  baseUrl: serverUrl,
  requestsPerMinute: Number(perPeriod),
  periodMs: Number(periodMs),
  slackMs: Number(slackMs),
});

let state = Number(seed);
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

async function lane(): Promise<void> {
  while (!stop.signal.aborted) {
    await budget.beforeRequest({ signal: stop.signal });
    await (await fetch(serverUrl)).text();
    if (random() < 0.05) await delay(random() * Number(slackMs));
  }
}
await Promise.allSettled([lane(), lane(), lane()]);
await store.close();
process.exit();
