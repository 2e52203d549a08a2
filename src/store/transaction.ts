import type pg from 'pg';

/** Runs `work` in one transaction on one client; any error rolls all of it back. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    broken = false;
    return result;
  } finally {
    // A client whose transaction failed is thrown away: closing the connection rolls back, whatever state it is in.
    client.release(broken);
  }
}
