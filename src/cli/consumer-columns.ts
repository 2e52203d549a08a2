import type { ConsumerBar } from '../store/consumer-bars.ts';
import { barColumns } from './table/bar-columns.ts';
import type { Column } from './table/column.ts';

/** What stands for a source where the best bar of any is asked for. */
export const consumer = 'consumer';

/** What is said of each bar beside that of one source. */
export const consumerFields = ['source', 'corrected', 'findings'] as const;

/** What a table shows of a consumer's bars. */
export function consumerColumns(): readonly Column<ConsumerBar>[] {
  const own = barColumns('1d').map((column): Column<ConsumerBar> => column);
  return [
    ...own,
    { name: 'source', cell: ({ source }) => source },
    { name: 'corrected', cell: ({ corrected }) => corrected.join(' ') || null, rank: 2 },
    { name: 'findings', cell: ({ findings }) => findings.join(' ') || null, rank: 2 },
  ];
}
