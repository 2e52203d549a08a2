import type pg from 'pg';
import { madeStep, pending } from '../progress.ts';

/**
 * A client of a pool whose statements count as progress of the work that asks: one whose answer does not come is ended by
 * the watch over connections, and one that the server works on may take as long as it takes.
 */
export function watchedClient(client: pg.PoolClient): pg.PoolClient {
  const ask = client.query.bind(client) as (...args: readonly unknown[]) => unknown;
  const query = (...args: readonly unknown[]) => {
    const asked = ask(...args);
    if (asked instanceof Promise) return pending(asked);
    // Rows that are copied, in or out.
    madeStep();
    return asked;
  };
  return Object.create(client, { query: { value: query } }) as pg.PoolClient;
}
