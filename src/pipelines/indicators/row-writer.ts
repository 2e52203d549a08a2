import type { IndicatorTable } from '../../indicators/compute-indicators.ts';
import type { ExtraTable } from '../../indicators/extra/compute-extras.ts';
import { indicatorColumns } from '../../indicators/columns.ts';
import {
  CopyWriter,
  instantField,
  jsonbField,
  textField,
  textsField,
  uuidField,
} from '../../store/copy-binary.ts';
import type { BatchWork } from './batch-work.ts';

/** One instrument's computed rows, and what they have in common. */
interface ComputedRows {
  readonly instrumentId: number;
  readonly table: IndicatorTable;
  /** Days since 1970-01-01. */
  readonly days: Int32Array;
  /** The last split in the values, as a day; null: there was none. */
  readonly basisDay: number | null;
  /** Of the whole series, whose row `extrasFrom` is the first of the table; null: there are none. */
  readonly extras: ExtraTable | null;
  readonly extrasFrom: number;
}

const numberColumns = indicatorColumns.filter(({ kind }) => kind === 'number');
const namesColumns = indicatorColumns.filter(({ kind }) => kind === 'names');
const reasonFields = {
  blocked: textField('blocked'),
  partial: textField('partial'),
  warming_up: textField('warming_up'),
};
/** Key, source, parameters, reason, basis, run, time: what a row has beside its values. */
const ownFields = 8;
const ownBytes = 160;

/** Encodes rows in the order of `storedColumns`; a staged row begins with whether it is wanted even if not there. */
export function rowWriter({ source, runId, computedAtMs, wish, extraField }: BatchWork) {
  const sourceField = textField(source);
  const version = textField(wish.parametersVersion);
  const origin = joined(uuidField(runId), instantField(computedAtMs));
  const [added, staged] = [new CopyWriter(), new CopyWriter()];
  const namesField = namesEncoder();
  let stagedRows = 0;

  function encoder({ instrumentId, table, days, basisDay, extras, extrasFrom }: ComputedRows) {
    const numbers = numberColumns.map(({ name }) => table.numbers.get(name) ?? new Float64Array());
    const names = namesColumns.map(({ name }) => table.names.get(name) ?? []);
    const extraOf = extraField && extras !== null ? extraEncoder(extras, extrasFrom) : null;
    return (writer: CopyWriter, row: number, wanted?: boolean) => {
      const extra = extraOf?.(row);
      const lists = names.map((values) => namesField(values[row] ?? null));
      const listBytes = lists.reduce((sum, bytes) => sum + (bytes?.length ?? 4), 0);
      const fields = ownFields + numbers.length + lists.length + (wanted === undefined ? 0 : 1);
      const bytes = ownBytes + sourceField.length + 12 * numbers.length + listBytes;
      writer.row(fields + (extraField ? 1 : 0), bytes + (extra?.length ?? 4));
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
      if (!extraField) return;
      if (extra === undefined) writer.none();
      else writer.fields(extra);
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

/** Encodes the extras of a row of the table. */
function extraEncoder({ numbers }: ExtraTable, from: number): (row: number) => Uint8Array {
  const columns = [...numbers].map(([key, values]) => [`${JSON.stringify(key)}:`, values] as const);
  return (row) => {
    const members = columns.map(([label, values]) => {
      const value = values[from + row] ?? NaN;
      return label + (Number.isFinite(value) ? String(value) : 'null');
    });
    return jsonbField(`{${members.join()}}`);
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
