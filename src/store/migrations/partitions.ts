/** A partition and the dates that it holds: from the first on, before the last. */
interface Partition {
  readonly suffix: string;
  readonly from: string;
  readonly to: string;
}

/** One partition a decade before 2010, one a year from then to 2035. */
export const decadesAndYears: readonly Partition[] = [
  { suffix: '1990s', from: '1990-01-01', to: '2000-01-01' },
  { suffix: '2000s', from: '2000-01-01', to: '2010-01-01' },
  ...Array.from({ length: 2035 - 2010 + 1 }, (_, index) => {
    const year = 2010 + index;
    return { suffix: String(year), from: `${year}-01-01`, to: `${year + 1}-01-01` };
  }),
];

/** One partition a month from 2018 to 2035: hours are kept for some years only by those who offer them. */
export const months: readonly Partition[] = Array.from({ length: 12 * (2035 - 2018 + 1) }, (_, index) => {
  const [from, to] = [firstOfMonth(index), firstOfMonth(index + 1)];
  return { suffix: from.slice(0, 7).replace('-', '_'), from, to };
});

function firstOfMonth(index: number): string {
  return new Date(Date.UTC(2018, index, 1)).toISOString().slice(0, 10);
}

/**
 * The partitions of a table that is cut by session date, and a default one for what lies outside. Cut ahead: none can be
 * cut out of the default one once that holds its rows.
 */
export function partitionsOf(table: string, partitions: readonly Partition[]): string {
  const cut = partitions.map(
    ({ suffix, from, to }) =>
      `create table ${table}_${suffix} partition of ${table} for values from ('${from}') to ('${to}');`,
  );
  return [...cut, `create table ${table}_other partition of ${table} default;`].join('\n');
}
