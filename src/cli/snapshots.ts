import type { Command } from 'commander';
import {
  addSnapshot,
  isSnapshotName,
  readSnapshots,
  removeSnapshot,
  type Snapshot,
} from '../store/snapshots.ts';
import { instantOf, parseInstant } from './as-of.ts';
import { withStore } from './context.ts';
import { UsageError } from './errors.ts';
import { note, printJson, printTable } from './output.ts';
import { namesOf } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { addTableOptions, chosenColumns, type Column, type TableOptions } from './table/column.ts';

const columns: readonly Column<Snapshot>[] = [
  { name: 'name', cell: ({ name }) => name },
  { name: 'as of', cell: ({ asOf }) => asOf },
  { name: 'added', cell: ({ createdAt }) => createdAt, rank: 2 },
];

export function addSnapshotsCommand(program: Command): void {
  const snapshots = program.command('snapshots').description('names for instants, for reads as of them');
  snapshots
    .command('add <name>')
    .description('name an instant: that of now, or another')
    .option('--at <t>', 'an instant, the end of a date or another snapshot')
    .addOption(jsonOption)
    .action(add);
  addTableOptions(snapshots.command('list'))
    .description('all names with their instants')
    .addOption(jsonOption)
    .action(list);
  snapshots
    .command('remove <name>')
    .description('take a name away; what was known then stays readable')
    .addOption(jsonOption)
    .action(remove);
}

async function add(name: string, { at, json }: JsonOption & { readonly at?: string }): Promise<void> {
  requireName(name);
  const written = parseInstant('--at', at);
  await withStore(async ({ store: { db }, config: { market } }) => {
    const asOf = await instantOf(db, written);
    if (!(await addSnapshot(db, name, asOf)))
      throw new UsageError(
        `the snapshot ${name} is of another instant`,
        `choose another name, or take it away first with barwright snapshots remove ${name}`,
      );
    if (json) printJson({ name, asOf }, market);
    else note(`${name} is ${asOf}`);
  });
}

function requireName(name: string): void {
  if (isSnapshotName(name)) return;
  throw new UsageError(
    `${JSON.stringify(name.slice(0, 80))} is no name for a snapshot`,
    'begin with a letter, then up to 63 letters, digits, dots, hyphens or underscores',
  );
}

async function list({ json, ...options }: JsonOption & TableOptions): Promise<void> {
  const choice = chosenColumns(columns, options);
  await withStore(async ({ store: { db }, config: { market } }) => {
    const snapshots = await readSnapshots(db);
    if (json) printJson({ snapshots }, market);
    else printTable({ title: `${snapshots.length} snapshots`, market, columns, rows: snapshots }, choice);
  });
}

async function remove(name: string, { json }: JsonOption): Promise<void> {
  requireName(name);
  await withStore(async ({ store: { db }, config: { market } }) => {
    if (!(await removeSnapshot(db, name))) {
      const names = (await readSnapshots(db)).map((one) => one.name);
      throw new UsageError(
        `there is no snapshot ${name}${names.length === 0 ? '' : `: there are ${namesOf(names)}`}`,
        'barwright snapshots list shows them',
      );
    }
    if (json) printJson({ name, removed: true }, market);
    else note(`${name} is no name any more`);
  });
}
