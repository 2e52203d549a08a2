import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { houseRoot } from '../../support/house-files.ts';
import { complaintsOf } from '../../support/house-lint.ts';

const rule = '@typescript-eslint/no-restricted-imports';

/** One import that each folder's files must not have, and what ESLint says of it. */
const offences: Readonly<Record<string, readonly [from: string, message: string]>> = {
  'src/domain': ['../store/queries.ts', 'The domain imports nothing.'],
  'src/providers': ['../store/queries.ts', 'No arrow leads here from store/.'],
  'src/store': ['../../activities/actions.ts', 'No arrow leads here from activities/.'],
  'src/calendar': ['@temporalio/activity', 'Only the Temporal layers know Temporal.'],
  'src/planning': ['../simulator/server.ts', 'No arrow leads here from simulator/.'],
  'src/indicators': ['../store/queries.ts', 'No arrow leads here from store/.'],
  'src/simulator': ['../providers/provider.ts', 'No arrow leads here from providers/.'],
  'src/runtime': ['../store/queries.ts', 'No arrow leads here from store/.'],
  'src/temporal': ['../runtime/ports.ts', 'No arrow leads here from runtime/.'],
  'src/runs': ['../pipelines/sources.ts', 'No arrow leads here from pipelines/.'],
  'src/pipelines': ['../simulator/server.ts', 'No arrow leads here from simulator/.'],
  workflows: [
    '../src/store/queries.ts',
    'Workflows decide: only types, the domain and the names of src/temporal reach them.',
  ],
  activities: ['../workflows/index.ts', 'No arrow leads here from workflows/.'],
  'src/simulator/http': ['../market/market-source.ts', 'No arrow leads here from market/.'],
  'src/simulator/market': ['../polygon/action-book.ts', 'No arrow leads here from polygon/.'],
  'src/simulator/polygon': ['../yahoo/crumbs.ts', 'No arrow leads here from yahoo/.'],
  'src/simulator/yahoo': ['../faults/fault-script.ts', 'No arrow leads here from faults/.'],
  'src/simulator/endpoints': ['../faults/fault-script.ts', 'No arrow leads here from faults/.'],
  'src/simulator/faults': ['../server.ts', 'The rooms of the simulator do not know its server.'],
};

const blockSchema = z.object({ files: z.array(z.string()), rules: z.looseObject({ [rule]: z.unknown() }) });

/** The folders of the blocks with arrows, in the order of the configuration. */
async function arrowedFolders(): Promise<readonly string[]> {
  const configuration: unknown = await import(pathToFileURL(path.join(houseRoot, 'eslint.config.js')).href);
  const { default: blocks } = z.object({ default: z.array(z.unknown()) }).parse(configuration);
  return blocks.flatMap((block) => {
    const { data } = blockSchema.safeParse(block);
    return data?.rules[rule] === undefined ? [] : data.files.map((files) => files.replace('/**/*.ts', ''));
  });
}

const complaints = complaintsOf(rule);
const importing = (folder: string, from: string) =>
  complaints(`${folder}/offender.ts`, `import { one } from '${from}';\nexport const two = one;\n`);

test('each block of arrows has an offence to prove it by', async () => {
  expect((await arrowedFolders()).toSorted()).toEqual(Object.keys(offences).sort());
});

test.each(Object.entries(offences))(
  'a file of %s is refused what lies beyond its arrows',
  async (folder, offence) => {
    const [from, message] = offence;
    expect(await importing(folder, from)).toEqual([expect.stringContaining(message)]);
  },
);

test.each(Object.keys(offences))('a file of %s may import one beside it', async (folder) => {
  expect(await importing(folder, './beside.ts')).toEqual([]);
});
