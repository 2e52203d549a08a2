/** A partition and the dates that it holds: from the first on, before the last. */
interface Partition {
  readonly suffix: string;
  readonly from: string;
  readonly to: string;
}

/** One partition a year from 2018 to 2035: hours are kept for some years only by those who offer them. */
export const years: readonly Partition[] = yearsFrom(2018);

/** One partition a decade before 2010, one a year from then to 2035. */
export const decadesAndYears: readonly Partition[] = [
  { suffix: '1990s', from: '1990-01-01', to: '2000-01-01' },
  { suffix: '2000s', from: '2000-01-01', to: '2010-01-01' },
  ...yearsFrom(2010),
];

function yearsFrom(first: number): readonly Partition[] {
  return Array.from({ length: 2035 - first + 1 }, (_, index) => {
    const year = first + index;
    return { suffix: String(year), from: `${year}-01-01`, to: `${year + 1}-01-01` };
  });
}

/**
 * The partitions of a table that is cut by session date, and a default one for what lies outside. Cut ahead: none can be
 * cut out of the default one once that holds its rows. No more than a few dozen: a statement that reads all of them is
 * planned in a millisecond each.
 */
export function partitionsOf(table: string, partitions: readonly Partition[]): string {
  const cut = partitions.map(
    ({ suffix, from, to }) =>
      `create table ${table}_${suffix} partition of ${table} for values from ('${from}') to ('${to}');`,
  );
  return [...cut, `create table ${table}_other partition of ${table} default;`].join('\n');
}
