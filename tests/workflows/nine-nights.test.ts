import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { flows, type FlowName } from '../../src/flows/index.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { quiet, rowsOf, ticker } from '../support/scripted-market.ts';

const symbols = Array.from({ length: 60 }, (_, index) => `S${String(index).padStart(2, '0')}`);
const rows = rowsOf('2024-05-01', '2024-06-13', () => quiet(50));
const now = '2024-06-14T16:00:00Z';
const nights = ['03', '04', '05', '06', '07', '10', '11', '12', '13'].map(
  (day) => `2024-06-${day}T21:00:00Z`,
);

const market = () =>
  scriptedCase({
    now,
    polygon: {
      tickers: symbols.map((symbol) => ticker(symbol)),
      bars: Object.fromEntries(symbols.map((symbol) => [symbol, rows])),
    },
  });

/** What was asked of the whole market's sessions, and how often anything else was. */
function asked(log: readonly string[]) {
  const count = (part: string) => log.filter((url) => url.includes(part)).length;
  const sessions = log.flatMap((url) => /\/grouped\/.*\/([-\d]+)\?/.exec(url)?.[1] ?? []);
  const others = { lists: count('/v3/reference/tickers?'), series: count('/v2/aggs/ticker/') };
  return { sessions: sessions.sort(), ...others, actions: count('/stocks/v1/') };
}

test.each<[FlowName, object, object]>([
  ['polygon-daily-ingestion', { revisionSessions: 5 }, { sessions: 13, lists: 1, series: 0, actions: 2 }],
  ['polygon-settlement', { sessions: 10 }, { sessions: 18, lists: 1, series: 50, actions: 0 }],
])('nine nights of %s at once ask everything once', async (name, parameters, once) => {
  const { worker, log } = await market();
  const { type } = flows[name];
  await Promise.all(
    nights.map((nominalTime) =>
      worker.client.workflow.execute(type, {
        workflowId: `${name}/${randomUUID()}`,
        taskQueue: worker.taskQueue,
        args: [{ nominalTime, ...parameters }],
      }),
    ),
  );
  await worker.idle();
  const { sessions, ...beside } = asked(log);
  expect(sessions).toEqual([...new Set(sessions)]);
  expect({ sessions: sessions.length, ...beside }).toEqual(once);
});
