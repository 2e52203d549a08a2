import type { IndicatorTable } from '../../indicators/compute-indicators.ts';
import { indicatorColumns } from '../../indicators/columns.ts';
import { CopyWriter, instantField, textField, textsField, uuidField } from '../../store/copy-binary.ts';
import type { BatchWork } from './batch-work.ts';

/** One instrument's computed rows, and what they have in common. */
interface ComputedRows {
  readonly instrumentId: number;
  readonly table: IndicatorTable;
  /** Days since 1970-01-01. */
  readonly days: Int32Array;
  /** The last split in the values, as a day; null: there was none. */
  readonly basisDay: number | null;
}

const numberColumns = indicatorColumns.filter(({ kind }) => kind === 'number');
const namesColumns = indicatorColumns.filter(({ kind }) => kind === 'names');
const reasonFields = { partial: textField('partial'), warming_up: textField('warming_up') };
/** Key, source, parameters, reason, basis, run, time: what a row has beside its values. */
const ownFields = 8;
const ownBytes = 160;

/** Encodes rows in the order of `storedColumns`; a staged row begins with whether it is wanted even if not there. */
export function rowWriter({ source, runId, computedAtMs, wish }: BatchWork) {
  const sourceField = textField(source);
  const version = textField(wish.parametersVersion);
  const origin = joined(uuidField(runId), instantField(computedAtMs));
  const [added, staged] = [new CopyWriter(), new CopyWriter()];
  const namesField = namesEncoder();
  let stagedRows = 0;

  function encoder({ instrumentId, table, days, basisDay }: ComputedRows) {
    const numbers = numberColumns.map(({ name }) => table.numbers.get(name) ?? new Float64Array());
    const names = namesColumns.map(({ name }) => table.names.get(name) ?? []);
    return (writer: CopyWriter, row: number, wanted?: boolean) => {
      const lists = names.map((values) => namesField(values[row] ?? null));
      const listBytes = lists.reduce((sum, bytes) => sum + (bytes?.length ?? 4), 0);
      const fields = ownFields + numbers.length + lists.length + (wanted === undefined ? 0 : 1);
      writer.row(fields, ownBytes + sourceField.length + 12 * numbers.length + listBytes);
      if (wanted !== undefined) writer.boolean(wanted);
      writer.int32(instrumentId);
      writer.fields(sourceField);
      writer.day(days[row] ?? NaN);
      for (const values of numbers) {
        const value = values[row] ?? NaN;
        if (Number.isNaN(value)) writer.none();
        else writer.float64(value);
      }
      for (const bytes of lists) {
        if (bytes === null) writer.none();
        else writer.fields(bytes);
      }
      writer.fields(version);
      const reason = table.reasons[row] ?? null;
      if (reason === null) writer.none();
      else writer.fields(reasonFields[reason]);
      if (basisDay === null) writer.none();
      else writer.day(basisDay);
      writer.fields(origin);
    };
  }

  return {
    /** Begins the rows of one instrument. */
    of(rows: ComputedRows) {
      const encode = encoder(rows);
      return {
        add: (row: number) => encode(added, row),
        stage(row: number, wanted: boolean) {
          encode(staged, row, wanted);
          stagedRows += 1;
        },
      };
    },
    end: () => ({ added: added.end(), staged: staged.end(), stagedRows }),
  };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Encodes lists of names, each list once: rows with the same names share one. */
function namesEncoder(): (names: readonly string[] | null) => Uint8Array | null {
  const known = new Map<readonly string[], Uint8Array>();
  return (names) => {
    if (names === null) return null;
    const bytes = known.get(names) ?? textsField(names);
    known.set(names, bytes);
    return bytes;
  };
}
