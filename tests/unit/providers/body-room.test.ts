import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResponseTooLarge } from '../../../src/domain/provider-errors.ts';
import { BodyRoom } from '../../../src/providers/body-room.ts';

/** Room for 1,000 bytes, and 100 records. */
const heapBytes = 20_000;
const signal = new AbortController().signal;

/** A body whose chunks come when they are asked for, after so many turns each; it tells what is in flight. */
async function* bodyOf(chunks: readonly number[], turns: number, flow: { bytes: number; most: number }) {
  for (const length of chunks) {
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    yield new Uint8Array(length).fill(120);
    flow.bytes += length;
    flow.most = Math.max(flow.most, flow.bytes);
  }
}

test('whatever bodies are read at the same time, all come whole, and no more is held than the room and one body', async () => {
  const chunks = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(chunks, fc.nat(5)), { maxLength: 12 }), async (bodies) => {
      const room = new BodyRoom(heapBytes);
      const flow = { bytes: 0, most: 0 };
      const read = await Promise.allSettled(
        bodies.map(async ([parts, turns]) => {
          const text = await room.read(bodyOf(parts, turns, flow), { maxBytes: 800, signal });
          flow.bytes -= text.byteLength;
          return text.byteLength;
        }),
      );
      for (const [index, [parts]] of bodies.entries()) {
        const bytes = parts.reduce((sum, part) => sum + part, 0);
        const came = read[index];
        if (bytes <= 800) expect(came).toEqual({ status: 'fulfilled', value: bytes });
        else expect(came).toMatchObject({ reason: { name: 'ResponseTooLarge' } });
      }
      if (read.every(({ status }) => status === 'fulfilled')) expect(flow.most).toBeLessThanOrEqual(1_800);
    }),
    { seed: 14, numRuns: 300 },
  );
});

test('a body that waits for room hears that its request is broken off', async () => {
  const room = new BodyRoom(heapBytes);
  const never = new Promise<never>(() => undefined);
  async function* endless() {
    yield new Uint8Array(900);
    await never;
  }
  void room.read(endless(), { maxBytes: 1_000, signal });
  const controller = new AbortController();
  const flow = { bytes: 0, most: 0 };
  const waiting = room.read(bodyOf([200], 0, flow), { maxBytes: 1_000, signal: controller.signal });
  const reason = new Error('broken off');
  setImmediate(() => controller.abort(reason));
  await expect(waiting).rejects.toBe(reason);
  // What fits goes by.
  expect(await room.read(bodyOf([50], 0, flow), { maxBytes: 1_000, signal })).toHaveLength(50);
});

test('one body is no larger than all of them', async () => {
  const read = new BodyRoom(heapBytes).read(bodyOf([600, 600], 0, { bytes: 0, most: 0 }), {
    maxBytes: 5_000,
    signal,
  });
  await expect(read).rejects.toThrow('more than 1000 bytes');
});

test.each(['{', '[', '{},', '[[],'])('text of more %j than the heap holds is refused', (part) => {
  const room = new BodyRoom(heapBytes);
  const some = part.repeat(20);
  expect(() => room.requireHoldable(some)).not.toThrow();
  expect(() => room.requireHoldable(part.repeat(500))).toThrow(ResponseTooLarge);
  expect(() => room.requireHoldable('x'.repeat(5_000))).not.toThrow();
});
