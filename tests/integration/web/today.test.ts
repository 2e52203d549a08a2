import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { serveDashboard, type ServedDashboard } from '../../support/served-dashboard.ts';

let store: TestDatabase;
let dashboard: ServedDashboard;
beforeAll(async () => {
  store = await freshDatabase();
  dashboard = await serveDashboard({ databaseUrl: store.url });
});
afterAll(async () => {
  await dashboard.close();
  await store.close();
});

test('a database in which nothing has run yet is told what to begin with', async () => {
  const answer = await fetch(dashboard.url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('Nothing has run yet');
});
