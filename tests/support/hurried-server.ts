import pg from 'pg';

/** What a server does for the day on which its machine fails, or for databases that stay: tests need neither. */
const hurried = ['fsync = off', 'full_page_writes = off', 'synchronous_commit = off', 'autovacuum = off'];

/** Lets a database server that only tests use spare itself what keeps its data for good. */
export async function hurryServer(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const setting of hurried) await client.query(`alter system set ${setting}`);
    await client.query('select pg_reload_conf()');
  } finally {
    await client.end();
  }
}
