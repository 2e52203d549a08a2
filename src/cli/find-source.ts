import { sourceNames, type SourceName } from '../domain/source.ts';
import { note } from './output.ts';
import { parseChoice } from './parameters.ts';

/** Rows of a source. */
interface Sourced<Row> {
  readonly source: SourceName;
  readonly rows: readonly Row[];
}

/** The source that a person names; null: none. Throws `UsageError` for a name that is no source's. */
export function parseSource(named: string | undefined): SourceName | null {
  return named === undefined ? null : parseChoice('--source', named, sourceNames);
}

/**
 * What a read gives of the source that is named; where none is, of the usual one, or where that has nothing of the first
 * other that has some, which is said.
 */
export async function readFromSource<Row>(
  {
    named,
    usual,
    what,
  }: { readonly named: SourceName | null; readonly usual: SourceName; readonly what: string },
  read: (source: SourceName) => Promise<readonly Row[]>,
): Promise<Sourced<Row>> {
  if (named !== null) return { source: named, rows: await read(named) };
  const rows = await read(usual);
  if (rows.length > 0) return { source: usual, rows };
  for (const source of sourceNames.filter((name) => name !== usual)) {
    const others = await read(source);
    if (others.length === 0) continue;
    note(`${usual} has no ${what}: these are of ${source}`);
    return { source, rows: others };
  }
  return { source: usual, rows };
}
