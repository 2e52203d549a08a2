import { expect, test } from 'vitest';
import { sourceNames } from '../../../src/domain/source.ts';
import { complaintsOf } from '../../support/house-lint.ts';

const refusal: unknown = expect.stringContaining("Ask the source's declaration, not its name");

const complaints = complaintsOf('no-restricted-syntax');

test.each(sourceNames)('a comparison with the name %s is refused', async (name) => {
  for (const operator of ['===', '!==', '==', '!=']) {
    const code = `export const f = (source: string) => source ${operator} '${name}';`;
    expect(await complaints('src/store/offender.ts', code), operator).toEqual([refusal]);
  }
  const reversed = `export const f = (source: string) => '${name}' === source;`;
  expect(await complaints('workflows/offender.ts', reversed)).toEqual([refusal]);
  const cases = `export function f(source: string) { switch (source) { case '${name}': return 1; default: return 2; } }`;
  expect(await complaints('schedules/offender.ts', cases)).toEqual([refusal]);
});

test('a name that is no comparison is let in', async () => {
  const code = "export const f = (load: (source: string) => void) => load('polygon');";
  expect(await complaints('src/store/offender.ts', code)).toEqual([]);
});

test('what a source is may compare names where it is declared', async () => {
  const code = "export const f = (source: string) => source === 'yahoo';";
  for (const file of ['src/domain/source.ts', 'src/providers/yahoo/client.ts']) {
    expect(await complaints(file, code), file).toEqual([]);
  }
});

test('the rule leaves that of named exports in force', async () => {
  expect(await complaints('src/store/offender.ts', 'export default 1;')).toEqual([
    expect.stringContaining('Named exports only'),
  ]);
});
