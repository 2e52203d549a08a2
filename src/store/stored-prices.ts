import { sql } from 'kysely';
import type { SessionDate } from '../domain/session.ts';
import { isOfSeries, layoutOf } from './bar-layout.ts';
import type { BarOrigin } from './bars/incoming-bars.ts';
import type { Transaction } from './transaction.ts';

interface PricedCell {
  readonly instrumentId: number;
  readonly session: SessionDate;
  /** Null: the bar spans its session. */
  readonly opensAt: string | null;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Whether a bar is stored with these prices, up to the last bit of 32. */
export async function hasPrices(
  tx: Transaction,
  { source, interval }: BarOrigin,
  { instrumentId, session, opensAt, ...prices }: PricedCell,
): Promise<boolean> {
  const layout = layoutOf(interval);
  const begins = opensAt === null ? sql`true` : sql`stored.opens_at = ${opensAt}::timestamptz`;
  const alike = (['open', 'high', 'low', 'close'] as const).map((field) => {
    const told = prices[field];
    return sql`abs(${sql.ref(`stored.${field}`)} - ${told}) <= 2.384185791015625e-7 * abs(${told}::float8)`;
  });
  const { rows } = await sql`select from ${sql.table(layout.table)} stored
    where ${isOfSeries({ instrumentId, source, interval })} and stored.session_date = ${session}::date and ${begins}
      and ${sql.join(alike, sql` and `)}`.execute(tx);
  return rows.length > 0;
}
