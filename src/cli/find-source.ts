import { sourceNames, type SourceName } from '../domain/source.ts';
import { note } from './output.ts';
import { parseChoice } from './parameters.ts';

/** The source that a person names; null: none. Throws `UsageError` for a name that is no source's. */
export function parseSource(named: string | undefined): SourceName | null {
  return named === undefined ? null : parseChoice('--source', named, sourceNames);
}

/** Whose rows are read: the source that is named; where none is the usual one. */
interface SourceWish {
  readonly named: SourceName | null;
  readonly usual: SourceName;
  /** Such as `bars`. */
  readonly what: string;
}

/**
 * What a read gives of each instrument, by source: of the one that is named; where none is, of the usual one, or where that
 * has nothing of the first other that has some, which is said. Each instrument is in one of them.
 */
export async function readFromSources<Row>(
  instruments: readonly { readonly id: number; readonly symbol: string }[],
  { named, usual, what }: SourceWish,
  read: (source: SourceName, ids: readonly number[]) => Promise<ReadonlyMap<number, readonly Row[]>>,
): Promise<ReadonlyMap<SourceName, ReadonlyMap<number, readonly Row[]>>> {
  const first = named ?? usual;
  const all = instruments.map(({ id }) => id);
  const rows = await read(first, all);
  const found = new Map([[first, new Map(rows)]]);
  const others = named === null ? sourceNames.filter((name) => name !== usual) : [];
  let lacking = instruments.filter(({ id }) => !rows.has(id));
  for (const source of others) {
    if (lacking.length === 0) break;
    const more = await read(
      source,
      lacking.map(({ id }) => id),
    );
    found.set(source, new Map(more));
    for (const { id, symbol } of lacking)
      if (more.has(id)) note(`${usual} has no ${what} of ${symbol} in that range: these are of ${source}`);
    lacking = lacking.filter(({ id }) => !more.has(id));
  }
  for (const { id } of lacking) found.get(first)?.set(id, []);
  return found;
}

/** What was read of instruments by their ids, each with its symbol, in the order of the instruments. */
export function underSymbols<Series extends object>(
  instruments: readonly { readonly id: number; readonly symbol: string }[],
  all: ReadonlyMap<number, Series>,
): readonly (Series & { readonly symbol: string })[] {
  return instruments.flatMap(({ id, symbol }) => {
    const series = all.get(id);
    return series === undefined ? [] : { symbol, ...series };
  });
}
