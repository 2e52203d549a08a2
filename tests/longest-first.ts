import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, the longest in front: begun last, it would run on while everything else has ended. */
const longest = [
  'tests/e2e/killed-processes.test.ts',
  'tests/workflows/orders.test.ts',
  'tests/e2e/',
  'tests/workflows/',
  'tests/reported/b40',
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.findIndex((part) => moduleId.includes(part));
  return rank === -1 ? longest.length : rank;
}

/** The order of test files. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
