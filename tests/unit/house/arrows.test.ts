import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { houseRoot } from '../../support/house-files.ts';
import { complaintsOf } from '../../support/house-lint.ts';

const rule = '@typescript-eslint/no-restricted-imports';

const rooms: Readonly<Record<string, string>> = {
  domain: 'src/domain/one.ts',
  runs: 'src/runs/one.ts',
  flows: 'src/flows/one.ts',
  providers: 'src/providers/one.ts',
  store: 'src/store/one.ts',
  calendar: 'src/calendar/one.ts',
  planning: 'src/planning/one.ts',
  identity: 'src/identity/one.ts',
  indicators: 'src/indicators/one.ts',
  quality: 'src/quality/one.ts',
  simulator: 'src/simulator/one.ts',
  pipelines: 'src/pipelines/planning/one.ts',
  operations: 'src/operations/one.ts',
  runtime: 'src/runtime/one.ts',
  temporal: 'src/temporal/one.ts',
  config: 'src/config.ts',
  'source-config': 'src/source-config.ts',
  settings: 'src/settings.ts',
  log: 'src/log.ts',
  progress: 'src/progress.ts',
  metrics: 'src/metrics/one.ts',
  workflows: 'workflows/one.ts',
  activities: 'activities/one.ts',
  workers: 'workers/one.ts',
  schedules: 'schedules/one.ts',
  cli: 'src/cli/one.ts',
  web: 'src/web/one.ts',
};

/** Where each block's arrows lead: rooms it sees, and those of which it sees types. No other import is let in. */
const leads: Readonly<Record<string, readonly [sees: string, types: string]>> = {
  'src/domain': ['', ''],
  'src/runs': ['domain', ''],
  'src/flows': ['domain runs', ''],
  'src/providers': ['domain progress metrics', ''],
  'src/calendar': ['domain', ''],
  'src/planning': ['domain', ''],
  'src/identity': ['domain', ''],
  'src/indicators': ['domain', ''],
  'src/quality': ['domain', ''],
  'src/simulator': ['domain', ''],
  'src/metrics': ['domain', ''],
  'src/store': ['domain progress', 'runs'],
  'src/pipelines': [
    'domain runs flows providers store calendar planning identity indicators quality progress metrics',
    '',
  ],
  'src/*.ts': ['domain config source-config settings log', 'flows'],
  'src/runtime': ['domain', 'config'],
  'src/temporal': ['domain', 'flows config'],
  'src/operations': ['domain runs flows store calendar pipelines temporal config schedules', 'runtime'],
  activities: ['domain runs flows store calendar pipelines metrics', 'providers'],
  workflows: ['domain runs flows', 'activities'],
  schedules: ['domain runs flows temporal', 'workflows'],
  workers: [
    'domain runs flows store calendar simulator pipelines activities runtime temporal config settings log progress metrics',
    '',
  ],
  'src/cli': [
    'domain runs flows store calendar operations runtime temporal config schedules',
    'activities workflows',
  ],
  'src/cli/simulate.ts': [
    'domain runs flows store calendar operations runtime temporal config schedules simulator',
    '',
  ],
  'src/cli/stack': [
    'domain runs flows store calendar operations runtime temporal config schedules workers',
    '',
  ],
  'src/cli/worker.ts': [
    'domain runs flows store calendar operations runtime temporal config schedules workers',
    '',
  ],
  'src/cli/serve-dashboard.ts': [
    'domain runs flows store calendar operations runtime temporal config schedules web log',
    '',
  ],
  'src/web': ['domain runs flows store calendar operations temporal config schedules log', ''],
  'src/web/markup.ts': ['domain runs flows store calendar operations temporal config schedules log', ''],
  'src/simulator/http': ['domain', ''],
  'src/simulator/market': ['domain', ''],
  'src/simulator/polygon': ['domain', ''],
  'src/simulator/yahoo': ['domain', ''],
  'src/simulator/endpoints': ['domain', ''],
  'src/simulator/faults': ['domain', ''],
};

/** Single imports that an importing file must not have, and what ESLint says of them. */
const offences: readonly (readonly [file: string, from: string, message: string])[] = [
  ['src/domain/one.ts', 'zod', 'The domain imports nothing.'],
  ['src/domain/one.ts', '../store/bars.ts', 'The domain imports nothing.'],
  ['src/runs/one.ts', '@temporalio/common', 'Only the Temporal layers know Temporal.'],
  ['src/flows/one.ts', '@temporalio/common', 'Only the Temporal layers know Temporal.'],
  ['src/providers/one.ts', '@temporalio/activity', 'Only the Temporal layers know Temporal.'],
  ['src/store/one.ts', '@temporalio/activity', 'Only the Temporal layers know Temporal.'],
  ['src/calendar/one.ts', '@temporalio/activity', 'Only the Temporal layers know Temporal.'],
  ['src/pipelines/loading/one.ts', '@temporalio/activity', 'Only the Temporal layers know Temporal.'],
  ['src/config.ts', '@temporalio/client', 'Only the Temporal layers know Temporal.'],
  ['src/operations/one.ts', '../pipelines/loading/one.ts', 'No arrow leads here from pipelines/.'],
  ['workflows/one.ts', '../src/temporal/connection.ts', 'No arrow leads here from temporal/.'],
  ['workflows/one.ts', '../src/runs/run-identity.ts', 'Ids and sessions of runs are worked out before'],
  ['workflows/one.ts', '../src/flows/runs.ts', 'Ids and sessions of runs are worked out before'],
  ['workflows/one.ts', 'node:crypto', 'Workflows are deterministic.'],
  ['src/cli/one.ts', '../indicators/registry.ts', 'No arrow leads here from indicators/.'],
  ['src/web/pages/one.ts', 'hono/html', 'Markup is made with markup.ts'],
  ['src/simulator/http/one.ts', '../market/market-source.ts', 'No arrow leads here from market/.'],
  ['src/simulator/market/one.ts', '../polygon/action-book.ts', 'No arrow leads here from polygon/.'],
  ['src/simulator/polygon/one.ts', '../yahoo/crumbs.ts', 'No arrow leads here from yahoo/.'],
  ['src/simulator/yahoo/one.ts', '../faults/fault-script.ts', 'No arrow leads here from faults/.'],
  ['src/simulator/endpoints/one.ts', '../faults/fault-script.ts', 'No arrow leads here from faults/.'],
  ['src/simulator/faults/one.ts', '../server.ts', 'The rooms of the simulator do not know its server.'],
];

/** Single files of rooms that are otherwise closed to the importing file. */
const letIn: readonly (readonly [file: string, from: string])[] = [
  ['workflows/one.ts', '../src/temporal/names.ts'],
  ['src/cli/one.ts', '../indicators/columns.ts'],
  ['src/web/markup.ts', 'hono/html'],
  ['src/runs/one.ts', 'node:crypto'],
  ['src/flows/one.ts', 'zod'],
];

const blockSchema = z.object({ files: z.array(z.string()), rules: z.looseObject({ [rule]: z.unknown() }) });

/** The folders or files of the blocks with arrows, in the order of the configuration. */
async function arrowedBlocks(): Promise<readonly string[]> {
  const configuration: unknown = await import(pathToFileURL(path.join(houseRoot, 'eslint.config.js')).href);
  const { default: blocks } = z.object({ default: z.array(z.unknown()) }).parse(configuration);
  return blocks.flatMap((block) => {
    const { data } = blockSchema.safeParse(block);
    return data?.rules[rule] === undefined ? [] : data.files.map((files) => files.replace('/**/*.ts', ''));
  });
}

const complaints = complaintsOf(rule);
const importing = (file: string, from: string, kind: 'import' | 'import type' = 'import') =>
  complaints(file, `${kind} { one } from '${from}';\nexport const two: one = one;\n`);

/** A file of a block of arrows. */
function fileOf(block: string): string {
  return block.endsWith('.ts') ? block.replace('*', 'offender') : `${block}/offender.ts`;
}

/** The rooms that a file may import, as values or as types, but for its own. */
async function roomsSeen(block: string, kind: 'import' | 'import type'): Promise<readonly string[]> {
  const file = fileOf(block);
  const [own] = block.replace('src/', '').split('/');
  const seen: string[] = [];
  for (const [room, target] of Object.entries(rooms).filter(([name]) => name !== own)) {
    const from = path.posix.relative(path.posix.dirname(file), target).replace(/^(?!\.)/, './');
    if ((await importing(file, from, kind)).length === 0) seen.push(room);
  }
  return seen.sort();
}

const words = (text: string) => text.split(' ').filter((word) => word !== '');

test('each block of arrows has a row that says where they lead', async () => {
  expect((await arrowedBlocks()).toSorted()).toEqual(Object.keys(leads).sort());
});

test.each(Object.entries(leads))(
  'a file of %s is refused what lies beyond its arrows',
  async (block, lead) => {
    const [sees, types] = lead.map(words);
    expect(await roomsSeen(block, 'import')).toEqual(sees?.toSorted());
    expect(await roomsSeen(block, 'import type')).toEqual([...(sees ?? []), ...(types ?? [])].sort());
  },
);

test.each(offences)('%s is refused %s', async (file, from, message) => {
  expect(await importing(file, from)).toEqual([expect.stringContaining(message)]);
});

test.each(letIn)('%s may import %s', async (file, from) => {
  expect(await importing(file, from)).toEqual([]);
});

test.each(Object.keys(leads))('a file of %s may import one beside it', async (block) => {
  expect(await importing(fileOf(block), './beside.ts')).toEqual([]);
});
