import type { latestStatements } from '../../store/fundamentals.ts';
import type { Column } from './column.ts';
import { amountText } from './figures.ts';
import type { WallClock } from '../../operations/wall-clock.ts';

type Statement = Awaited<ReturnType<typeof latestStatements>>[number];

/** A figure of a statement, by the ends of the periods that it is of. */
interface FigureRow {
  readonly figure: string;
  readonly amounts: ReadonlyMap<string, string | null>;
}

interface StatementTable {
  readonly title: string;
  readonly columns: readonly Column<FigureRow>[];
  readonly rows: readonly FigureRow[];
}

/** A table for each kind of statement: its figures by period, the newest first, below when each period was known. */
export function statementTables(
  statements: readonly Statement[],
  clock: WallClock,
): readonly StatementTable[] {
  const kinds = Map.groupBy(statements, ({ statement, frequency, source, currency }) =>
    [statement, frequency, currency ?? 'no currency', source].join(', '),
  );
  return [...kinds].map(([title, periods]) => {
    const newestFirst = periods.toSorted((one, other) => (one.periodEnd < other.periodEnd ? 1 : -1));
    return { title, columns: columnsOf(newestFirst), rows: rowsOf(newestFirst, clock) };
  });
}

function columnsOf(periods: readonly Statement[]): readonly Column<FigureRow>[] {
  return [
    { name: 'figure', cell: ({ figure }) => figure, least: 24 },
    ...periods.map(({ periodEnd }, index): Column<FigureRow> => {
      const rank = index === 0 ? 1 : index === 1 ? 2 : 3;
      return { name: periodEnd, cell: ({ amounts }) => amounts.get(periodEnd) ?? null, right: true, rank };
    }),
  ];
}

function rowsOf(periods: readonly Statement[], clock: WallClock): readonly FigureRow[] {
  const figures = [...new Set(periods.flatMap(({ values }) => Object.keys(values)))];
  const by = (textOf: (period: Statement) => string | null) =>
    new Map(periods.map((period) => [period.periodEnd, textOf(period)]));
  return [
    { figure: 'known since', amounts: by(({ availableAt }) => clock.minute(availableAt)) },
    ...figures.map((figure) => ({
      figure,
      amounts: by(({ values }) => {
        const value = values[figure];
        return value === undefined ? null : amountText(value);
      }),
    })),
  ];
}
