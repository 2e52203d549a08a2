import { expect, test } from 'vitest';
import { watchRefusals } from '../../src/pipelines/sources/refusal-watch.ts';
import { noRefusals, type ProviderRefusals } from '../../src/store/provider-refusals.ts';

/** A watch by a clock of its own, and readings that end when the test says. */
function watched() {
  let at = 0;
  const readings: { readonly from: number; readonly end: PromiseWithResolvers<ProviderRefusals> }[] = [];
  const watch = watchRefusals(
    () => {
      const end = Promise.withResolvers<ProviderRefusals>();
      readings.push({ from: at, end });
      return end.promise;
    },
    () => at,
  );
  return {
    watch,
    readings: () => readings.length,
    after: (ms: number) => (at += ms),
    async answer(index: number, refusals: ProviderRefusals | Error = noRefusals) {
      const end = readings[index]?.end;
      if (refusals instanceof Error) end?.reject(refusals);
      else end?.resolve(refusals);
      await settled();
    },
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

const refused: ProviderRefusals = { count: 1, blockedMs: 60_000, trialMs: 0 };

/** What is known of a promise now. */
async function stateOf<T>(promise: Promise<T>): Promise<T | 'waits'> {
  return Promise.race([promise, settled().then(() => 'waits' as const)]);
}

async function quiet() {
  const market = watched();
  const first = market.watch.current();
  await market.answer(0);
  expect(await first).toEqual(noRefusals);
  return market;
}

test('whoever comes within the quiet waits for nothing, and the next reading is under way before it ends', async () => {
  const market = await quiet();
  expect(await stateOf(market.watch.current())).toEqual(noRefusals);
  expect(market.readings()).toBe(1);
  market.after(10);
  expect(await stateOf(market.watch.current())).toEqual(noRefusals);
  expect(await stateOf(market.watch.current())).toEqual(noRefusals);
  expect(market.readings()).toBe(2);
  await market.answer(1);
  market.after(19);
  expect(await stateOf(market.watch.current())).toEqual(noRefusals);
});

test('who comes after the quiet waits for the reading that is under way', async () => {
  const market = await quiet();
  market.after(10);
  await market.watch.current();
  market.after(15);
  const late = market.watch.current();
  expect(await stateOf(late)).toBe('waits');
  await market.answer(1, refused);
  // It ends the quiet; who waited for it looks itself.
  await market.answer(2, refused);
  expect(await late).toEqual(refused);
});

test('a refusal that is read ahead, or noted here, lets nobody through before it is looked at', async () => {
  for (const learn of ['read ahead', 'noted here'] as const) {
    const market = await quiet();
    market.after(10);
    await market.watch.current();
    if (learn === 'noted here') market.watch.changed();
    await market.answer(1, learn === 'read ahead' ? refused : noRefusals);
    const next = market.watch.current();
    expect(await stateOf(next)).toBe('waits');
    await market.answer(2, refused);
    expect(await next).toEqual(refused);
  }
});

test('a reading ahead that fails is told to nobody, and the next one reads itself', async () => {
  const market = await quiet();
  market.after(10);
  await market.watch.current();
  await market.answer(1, new Error('connection lost'));
  market.after(20);
  const next = market.watch.current();
  await market.answer(2, new Error('still lost'));
  await expect(next).rejects.toThrow('still lost');
});
