import { getHeapStatistics } from 'node:v8';
import { ResponseTooLarge } from '../domain/provider-errors.ts';

/** The share of this process's heap that one answer may fill, and the bodies that are read at the same time. */
const heapShare = 0.5;
/** What one byte of rows becomes as objects: 48 MB are 490 MB. */
const heapBytesPerByte = 10;
/** What the smallest object or list takes beside its text. */
const heapBytesPerRecord = 200;

/** The part of one body that is being read. */
interface Held {
  bytes: number;
}

/**
 * Where bodies lie while they are read. Each of them may grow while all of them fit; what does not waits, but for the
 * oldest of them, so that one always comes to its end. Answers are made into objects one at a time.
 */
export class BodyRoom {
  /** Bytes that all may hold together, and one by itself. */
  readonly bytes: number;
  private readonly records: number;
  private readonly held = new Set<Held>();
  private waiting: (() => void)[] = [];

  constructor(heapBytes: number = getHeapStatistics().heap_size_limit) {
    this.bytes = Math.floor((heapBytes * heapShare) / heapBytesPerByte);
    this.records = Math.floor((heapBytes * heapShare) / heapBytesPerRecord);
  }

  /** Reads a body whole; throws `ResponseTooLarge`, or the reason of an aborted signal. */
  async read(
    body: AsyncIterable<Uint8Array>,
    { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<Buffer> {
    const most = Math.min(maxBytes, this.bytes);
    const own: Held = { bytes: 0 };
    const chunks: Uint8Array[] = [];
    this.held.add(own);
    try {
      for await (const chunk of body) {
        // Leaving the loop cancels the rest.
        if (own.bytes + chunk.byteLength > most) throw new ResponseTooLarge(`more than ${most} bytes`);
        while (!this.fits(own, chunk.byteLength)) await this.change(signal);
        own.bytes += chunk.byteLength;
        chunks.push(chunk);
      }
      return joined(chunks, own.bytes);
    } finally {
      this.held.delete(own);
      this.wakeAll();
    }
  }

  /** Throws `ResponseTooLarge` for text of so many objects and lists that the heap could not hold them. */
  requireHoldable(text: string): void {
    if (text.length <= this.records) return;
    let records = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === openBrace || code === openBracket) records += 1;
    }
    if (records > this.records) throw new ResponseTooLarge(`more than ${this.records} records`);
  }

  private fits(own: Held, more: number): boolean {
    const [oldest] = this.held;
    if (oldest === own) return true;
    let sum = more;
    for (const { bytes } of this.held) sum += bytes;
    return sum <= this.bytes;
  }

  /** Until another body is done with; throws the reason of an aborted signal. */
  private async change(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    signal.throwIfAborted();
  }

  private wakeAll(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const wake of waiting) wake();
  }
}

const openBrace = '{'.charCodeAt(0);
const openBracket = '['.charCodeAt(0);

function joined(chunks: readonly Uint8Array[], bytes: number): Buffer {
  const [only] = chunks;
  // Most answers are one chunk: those are not copied.
  if (chunks.length !== 1 || only === undefined) return Buffer.concat(chunks, bytes);
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}
