/** PostgreSQL's binary COPY format: a header, then of each row its field count and each field with its length. */
const signature = [0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00];
const headerBytes = signature.length + 8;
const endOfRows = -1;

/** Days and microseconds of the format count from 2000-01-01. */
export const epochDays = 10_957;
const epochMs = epochDays * 86_400_000;

const text = new TextEncoder();

/** Writes rows of the format into memory that grows; the memory can be given away. */
export class CopyWriter {
  private bytes: Uint8Array<ArrayBuffer>;
  private view: DataView;
  private at = headerBytes;

  constructor(expectedBytes = 1 << 16) {
    this.bytes = new Uint8Array(expectedBytes + headerBytes + 2);
    this.view = new DataView(this.bytes.buffer);
    this.bytes.set(signature);
  }

  /** Begins a row of so many fields, of at most so many bytes. */
  row(fields: number, mostBytes: number): void {
    this.reserve(mostBytes + 2);
    this.view.setInt16(this.at, fields);
    this.at += 2;
  }

  none(): void {
    this.view.setInt32(this.at, -1);
    this.at += 4;
  }

  int32(value: number): void {
    this.view.setInt32(this.at, 4);
    this.view.setInt32(this.at + 4, value);
    this.at += 8;
  }

  /** A date, as days since 1970-01-01. */
  day(value: number): void {
    this.int32(value - epochDays);
  }

  /** A whole number, up to 2^53 in size. */
  int64(value: number): void {
    this.view.setInt32(this.at, 8);
    this.view.setInt32(this.at + 4, Math.floor(value / 2 ** 32));
    this.view.setUint32(this.at + 8, value % 2 ** 32);
    this.at += 12;
  }

  /** An instant, epoch milliseconds. */
  instant(ms: number): void {
    this.int64(Math.round((ms - epochMs) * 1000));
  }

  float64(value: number): void {
    this.view.setInt32(this.at, 8);
    this.view.setFloat64(this.at + 4, value);
    this.at += 12;
  }

  boolean(value: boolean): void {
    this.view.setInt32(this.at, 1);
    this.view.setInt8(this.at + 4, value ? 1 : 0);
    this.at += 5;
  }

  /** Fields made by `field` before. */
  fields(encoded: Uint8Array): void {
    this.bytes.set(encoded, this.at);
    this.at += encoded.length;
  }

  /** What has been written and not taken; the next rows go to other memory. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.at);
    this.bytes = new Uint8Array(this.bytes.length);
    this.view = new DataView(this.bytes.buffer);
    this.at = 0;
    return taken;
  }

  /** How many bytes have been written and not taken. */
  get length(): number {
    return this.at;
  }

  /** The rest of it. Nothing can be written after. */
  end(): Uint8Array<ArrayBuffer> {
    this.reserve(2);
    this.view.setInt16(this.at, endOfRows);
    return this.bytes.subarray(0, this.at + 2);
  }

  private reserve(more: number): void {
    if (this.at + more + 2 <= this.bytes.length) return;
    const grown = new Uint8Array(2 * this.bytes.length + more);
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** One field with its length in front. */
export function field(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 + content.length);
  new DataView(bytes.buffer).setInt32(0, content.length);
  bytes.set(content, 4);
  return bytes;
}

export function textField(value: string): Uint8Array<ArrayBuffer> {
  return field(text.encode(value));
}

/** Text that is JSON, as a `jsonb`; the format's version goes before it. */
export function jsonbField(json: string): Uint8Array<ArrayBuffer> {
  return textField(`\u0001${json}`);
}

export function uuidField(value: string): Uint8Array<ArrayBuffer> {
  return field(Buffer.from(value.replaceAll('-', ''), 'hex'));
}

/** An instant, epoch milliseconds. */
export function instantField(ms: number): Uint8Array<ArrayBuffer> {
  return microsecondsField(BigInt(Math.round(ms * 1000)));
}

/** An instant, epoch microseconds. */
export function microsecondsField(microseconds: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, microseconds - BigInt(epochMs) * 1000n);
  return field(bytes);
}

const textType = 25;

/** An array of texts. */
export function textsField(values: readonly string[]): Uint8Array<ArrayBuffer> {
  const elements = values.map(textField);
  const size = elements.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(12 + (values.length > 0 ? 8 : 0) + size);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, values.length > 0 ? 1 : 0);
  view.setInt32(8, textType);
  if (values.length === 0) return field(bytes);
  view.setInt32(12, values.length);
  view.setInt32(16, 1);
  let at = 20;
  for (const element of elements) {
    bytes.set(element, at);
    at += element.length;
  }
  return field(bytes);
}

/** Where the first row begins; throws for what is no such COPY. */
export function firstRowAt(bytes: Uint8Array): number {
  if (signature.some((byte, at) => bytes[at] !== byte)) throw new Error('not a binary COPY');
  return headerBytes + new DataView(bytes.buffer, bytes.byteOffset).getInt32(signature.length + 4);
}
