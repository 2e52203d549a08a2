import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { KeptMap } from '../../operations/coverage-maps.ts';

/**
 * A map as a page's script reads it: how long the head is, 32 bits; the head, JSON, filled with spaces up to four bytes; then
 * month by month, in the order of the symbols, the days that are provisional, absent, due and not expected, 32 bits each, the
 * lowest byte first. All other days of sessions are settled.
 */
export function mapBytes({ map, blocked, version }: KeptMap): Uint8Array {
  const { instruments, months, sessions } = map;
  const placeOf = new Map(instruments.map(({ id }, at) => [id, at]));
  const head = {
    version,
    sessions,
    months: months.map(({ month, sessions: days }) => [month, days]),
    symbols: instruments.map(({ symbol }) => symbol),
    listed: instruments.map(({ listedOn }) => listedOn),
    blocked: blocked.flatMap(({ instrumentId, from, to }) => {
      const at = placeOf.get(instrumentId);
      return at === undefined ? [] : [[at, from, to]];
    }),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const length = Math.ceil(text.length / 4) * 4;
  const words = new Uint32Array(4 * instruments.length * months.length);
  let written = 0;
  for (const { sessions: days, settled, provisional, absent, due } of months) {
    const none = settled.map(
      (mask, at) => days & ~(mask | (provisional[at] ?? 0) | (absent[at] ?? 0) | (due[at] ?? 0)),
    );
    for (const masks of [provisional, absent, due, none]) {
      words.set(masks, written);
      written += masks.length;
    }
  }
  const bytes = new Uint8Array(4 + length + words.byteLength).fill(0x20, 4, 4 + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  bytes.set(text, 4);
  for (const [at, word] of words.entries()) view.setUint32(4 + length + 4 * at, word, true);
  return bytes;
}

const zip = promisify(gzip);
const zipped = new WeakMap<KeptMap, Promise<Uint8Array>>();

/** The same gzipped, made once: 4 MB of 5 million cells are a thirtieth of that. */
export function zippedMap(kept: KeptMap): Promise<Uint8Array> {
  const known = zipped.get(kept) ?? zip(mapBytes(kept), { level: 1 });
  zipped.set(kept, known);
  return known;
}
