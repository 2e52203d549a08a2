import { createHash } from 'node:crypto';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type LogEvent,
} from 'kysely';
import { expect, test } from 'vitest';
import { released, type KnownMigration } from '../../src/store/migrate.ts';

/**
 * What each migration says to the database, as a hash. A database that has applied one is never told of what is changed
 * there later: what is to be different is a new migration, with a line of its own here. `PRINT_PINS=1 npx vitest run
 * --project unit tests/unit/migrations.test.ts` prints what this list would have to be.
 */
const pins: Readonly<Record<string, string>> = {
  '0001-market': '83319c5a91ae709fc3a4a893c77a28d5e4cc975204ac23b3a99f7c30e7c53ea0',
  '0002-actions': '5be41066ba904355246f28555617bca48ed106bca15c247bf6f95a1e009a5e51',
  '0003-indicators': '0fac1ebc8a82a5b38edd455a5ce85c8d918cfa3d19f3688e256b5343b80436e2',
  '0004-identity': '53ae1fc572104a609b8ee971e404153d348432872df14e5aed8196aa6d40fb3e',
  '0005-findings': '5c81179f8cefe927de90386a31917195b9eb9aa2edc37703efc00c3e2edc112f',
  '0006-blocking': '8447d090ab0246a2f45b66d35b0b25ab56268668503c8ce5d4507074e581313e',
  '0007-corrections': 'e7bd049e487b68a716e2887ef524f69397d3306a9c9eff240641463b42f59f7a',
  '0008-quarantine': '33da6058132d080a2b591171de6e555ea810322ad38c7d0c3261ba1700e91551',
  '0009-market-scores': '4ac78065818588491839e6162fed11a9c9b9e8d3113a1abeae2b90b605743a2a',
  '0010-adjusted-close': '2566feeda3af70ca89e9e9fef87b3171c567136dd769538ab702ff6f5760926e',
  '0011-agreement': '9c7d9fd8cfaefbf5c72b97167867a16b40a38f96bb641d5438092e5cc24b520e',
  '0012-coverage': '76cf61cf3ab3d606ae13a98758dae5ebd4966dafd8f179d6fc5c52b69cf6b7cc',
};

/** A statement after the other, as the database would be given them. */
async function textOf(migration: KnownMigration): Promise<string> {
  const statements: string[] = [];
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (one) => new PostgresIntrospector(one),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query: { sql, parameters } }: LogEvent) =>
      void statements.push(sql, ...parameters.map((parameter) => JSON.stringify(parameter))),
  });
  await migration.up(db);
  return statements.join('\n');
}

const hashes = new Map<string, string>();
for (const [name, migration] of Object.entries(released))
  hashes.set(
    name,
    createHash('sha256')
      .update(await textOf(migration))
      .digest('hex'),
  );

if (process.env.PRINT_PINS !== undefined)
  console.log([...hashes].map(([name, hash]) => `  '${name}': '${hash}',`).join('\n'));

test('migrations are in the order of their names, and none is left out', () => {
  expect(Object.keys(released)).toEqual(Object.keys(released).toSorted());
  expect(
    Object.keys(released),
    'a new migration has a line in `pins`, and one that is released stays',
  ).toEqual(Object.keys(pins));
});

test.each(Object.entries(pins))('%s is what it was when it was released', (name, pin) => {
  expect(
    hashes.get(name),
    `${name} has been released, and databases have applied it as it was: undo the change (here or in what it is made
of, such as versions.ts and partitions.ts), and write what is to be different as a new migration`,
  ).toBe(pin);
});
