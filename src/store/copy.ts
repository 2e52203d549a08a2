import { once } from 'node:events';
import { arrayBuffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { sql, type RawBuilder } from 'kysely';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Transaction } from './transaction.ts';

/** Where a COPY goes: lines of text, or PostgreSQL's binary format. */
interface CopyTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly format: 'text' | 'binary';
}

/** Sends rows into a table, as fast as the server takes them; rejects with what the server has against them. */
export async function copyInto(
  tx: Transaction,
  { table, columns, format }: CopyTarget,
  chunks: Iterable<Uint8Array | string>,
): Promise<void> {
  const command = sql`copy ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))}) from stdin
    (format ${sql.lit(format)})`;
  const stream = tx.client.query(copyFrom(textOf(tx, command)));
  const done = finished(stream);
  // A failure surfaces where `done` is awaited; until then it must not count as unhandled.
  done.catch(() => undefined);
  for (const chunk of chunks) {
    if (stream.destroyed) break;
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}

/** The rows of a query without parameters (`sql.lit` for values), in PostgreSQL's binary format. */
export async function copyOut(tx: Transaction, query: RawBuilder<unknown>): Promise<Uint8Array<ArrayBuffer>> {
  const command = sql`copy (${query}) to stdout (format binary)`;
  return new Uint8Array(await arrayBuffer(tx.client.query(copyTo(textOf(tx, command)))));
}

function textOf(tx: Transaction, command: RawBuilder<unknown>): string {
  const compiled = command.compile(tx);
  if (compiled.parameters.length > 0) throw new TypeError('COPY takes no parameters');
  return compiled.sql;
}
