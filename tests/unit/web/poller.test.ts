import { once } from 'node:events';
import { createServer } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createPoller, type Change, type Sight } from '../../../src/web/live/poller.ts';
import { streamChanges } from '../../../src/web/live/stream.ts';
import { madeTogether } from '../../../src/web/live/made-together.ts';

const sight = (marks: Sight['marks'], away: readonly string[] = []): Sight => ({ marks, away });

/** A poller over sights that a test gives one by one, and how often it has looked. */
function polled(everyMs = 1) {
  let current = sight({ runs: '0' });
  let looks = 0;
  const poller = createPoller({
    everyMs,
    look: () => {
      looks += 1;
      return Promise.resolve(current);
    },
  });
  return { poller, looks: () => looks, see: (next: Sight) => (current = next) };
}

test('however many listen there is one look at a time, and none once nobody does', async () => {
  const { poller, looks, see } = polled();
  const heard: Change[][] = Array.from({ length: 30 }, () => []);
  const stops = heard.map((own) => poller.listen((change) => own.push(change)));
  await expect.poll(looks).toBeGreaterThan(1);
  see(sight({ runs: '1' }));
  await expect.poll(() => heard.every((own) => own.at(-1)?.matters[0] === 'runs')).toBe(true);
  // First how things stand, then the one change.
  expect(heard.map((own) => own.length)).toEqual(heard.map(() => 2));
  for (const stop of stops) stop();
  expect(poller.listeners()).toBe(0);
  const before = looks();
  const { poller: other, looks: others } = polled();
  const stop = other.listen(() => undefined);
  await expect.poll(others).toBeGreaterThan(5);
  stop();
  expect(looks() - before).toBeLessThanOrEqual(1);
});

test('each change is told once, whatever changes in which order, and what is away until it is back', async () => {
  const step = fc.record({
    runs: fc.constantFrom('a', 'b'),
    coverage: fc.constantFrom('a', 'b'),
    away: fc.subarray(['PostgreSQL', 'Temporal']),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const given = steps.map(({ away, ...marks }) => sight(marks, away));
      const left = [...given];
      const { promise: done, resolve } = Promise.withResolvers<unknown>();
      const heard: Change[] = [];
      const poller = createPoller({
        everyMs: 0,
        look: () => {
          const next = left.shift();
          if (next === undefined) resolve(null);
          return Promise.resolve(next ?? given.at(-1) ?? sight({}));
        },
      });
      const stop = poller.listen((change) => heard.push(change));
      await done;
      stop();
      const expected = given.flatMap((now, at): Change[] => {
        const before = given[at - 1];
        if (before === undefined) return now.away.length > 0 ? [{ matters: [], away: now.away }] : [];
        const matters = Object.keys(now.marks).filter((name) => now.marks[name] !== before.marks[name]);
        return matters.length > 0 || now.away.join() !== before.away.join()
          ? [{ matters, away: now.away }]
          : [];
      });
      expect(heard.slice(1)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test('a page that goes leaves nothing behind, and all end when the dashboard does', async () => {
  const { poller, see } = polled();
  const ending = new AbortController();
  const app = new Hono().get('/live', (c) => streamChanges(c, poller, ending.signal));
  const server = createAdaptorServer({ fetch: app.fetch, createServer });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/live`;
  const pages = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const leaving = new AbortController();
      const answer = await fetch(url, { signal: leaving.signal });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      return { leaving, reader };
    }),
  );
  await expect.poll(() => poller.listeners()).toBe(30);
  for (const { leaving, reader } of pages.slice(0, 20)) {
    reader?.cancel().catch(() => undefined);
    leaving.abort();
  }
  await expect.poll(() => poller.listeners()).toBe(10);
  see(sight({ runs: '2' }));
  let text = '';
  const reader = pages[25]?.reader;
  while (!text.includes('"runs"')) text += (await reader?.read())?.value ?? '';
  ending.abort();
  await expect.poll(() => poller.listeners()).toBe(0);
  for (let part = await reader?.read(); part?.done === false;) part = await reader?.read();
});

test('what several ask for at one time is made once, and made anew after', async () => {
  let [clock, made] = [0, 0];
  const once = madeTogether<number>(() => clock);
  const ask = () => once('page', () => Promise.resolve((made += 1)));
  expect(await Promise.all(Array.from({ length: 30 }, ask))).toEqual(Array.from({ length: 30 }, () => 1));
  clock = 1_000;
  expect(await ask()).toBe(2);
});
