import { dayNumber } from '../../domain/date-range.ts';
import { unknownBasis } from '../../domain/split-basis.ts';
import { CopyWriter, instantField, textField } from '../copy-binary.ts';
import type { IncomingBars } from './incoming-bars.ts';

/** Instrument, session, seven values, whether settled, endpoint, split basis, time; bars within the day have one more. */
const fieldsOfDay = 13;
/** More than any row has. */
const rowBytes = 256;
const chunkBytes = 1 << 18;
const unknown = dayNumber(unknownBasis);

/** Whether a bar on its way in is final; what cannot be told stays due. */
export function isSettled({ bars, settledThrough, splitBasis }: IncomingBars, row: number): boolean {
  return (bars.day[row] ?? NaN) <= settledThrough && splitBasis?.[row] !== unknown;
}

/**
 * Bars as PostgreSQL's binary COPY, those of some days (since 1970-01-01), in the order of the staging table's columns and with
 * what all rows have in common behind them, a chunk of bytes at a time.
 */
export function* encodeBars(
  incoming: readonly IncomingBars[],
  common: readonly Uint8Array[] = [],
  isWanted: (day: number) => boolean = () => true,
): Generator<Uint8Array<ArrayBuffer>> {
  const rows = incoming.reduce((sum, { bars }) => sum + bars.length, 0);
  const writer = new CopyWriter(Math.min(rows * rowBytes, chunkBytes));
  for (const part of incoming) {
    const writeRow = rowWriter(writer, part, common);
    for (let row = 0; row < part.bars.length; row += 1) {
      if (!isWanted(part.bars.day[row] ?? NaN)) continue;
      if (writer.length + rowBytes > chunkBytes) yield writer.take();
      writeRow(row);
    }
  }
  yield writer.end();
}

function rowWriter(
  writer: CopyWriter,
  part: IncomingBars,
  common: readonly Uint8Array[],
): (row: number) => void {
  const { bars, instrumentIds, splitBasis } = part;
  const { day, opensAtMs, open, high, low, close, volume, vwap, trades } = bars;
  const fields = fieldsOfDay + common.length + (opensAtMs === null ? 0 : 1);
  const endpoint = textField(part.endpoint);
  const observedAt = instantField(Date.parse(part.observedAt));
  return (row) => {
    const session = day[row] ?? NaN;
    writer.row(fields, rowBytes);
    writer.int32(instrumentIds[row] ?? NaN);
    writer.day(session);
    if (opensAtMs !== null) writer.instant(opensAtMs[row] ?? NaN);
    writer.float64(open[row] ?? NaN);
    writer.float64(high[row] ?? NaN);
    writer.float64(low[row] ?? NaN);
    writer.float64(close[row] ?? NaN);
    writer.float64(volume[row] ?? NaN);
    const [average, count] = [vwap[row] ?? NaN, trades[row] ?? NaN];
    if (Number.isNaN(average)) writer.none();
    else writer.float64(average);
    if (Number.isNaN(count)) writer.none();
    else writer.int64(count);
    writer.boolean(isSettled(part, row));
    writer.fields(endpoint);
    if (splitBasis === null) writer.none();
    else writer.day(splitBasis[row] ?? NaN);
    writer.fields(observedAt);
    for (const one of common) writer.fields(one);
  };
}
