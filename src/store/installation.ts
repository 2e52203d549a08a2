import type { Database } from './database.ts';
import { setting } from '../setting.ts';

/** The database belongs to the other market. */
export class MarketMismatch extends Error {
  override readonly name = 'MarketMismatch';
  readonly remedy = `set ${setting('MARKET')} to the market of this database, or name another database (${setting('TRADING_DB_NAME')})`;
}

/** The first to come names the database's market; from then on any other is refused with `MarketMismatch`. */
export async function claimMarket(db: Database, market: string): Promise<void> {
  await db
    .insertInto('market.installation')
    .values({ market })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { market: owner } = await db
    .selectFrom('market.installation')
    .select('market')
    .executeTakeFirstOrThrow();
  if (owner !== market)
    throw new MarketMismatch(`this database holds the ${owner} market, not the ${market} one`);
}
