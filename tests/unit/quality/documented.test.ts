import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { adjustmentRules, seriesRules } from '../../../src/quality/rules/index.ts';
import { comparingRuleTexts } from '../../../src/quality/comparing-rules.ts';
import { sessionRules } from '../../../src/quality/session-rules.ts';
import { houseRoot } from '../../support/house-files.ts';

test('docs/data.md has each rule with its thresholds, and no other', () => {
  const text = readFileSync(path.join(houseRoot, 'docs/data.md'), 'utf8');
  const rows = [
    ...(text.split('\n\n').find((part) => part.startsWith('| rule ')) ?? '').matchAll(
      /^\| `(\w+)` +\| (.+?) +\|$/gm,
    ),
  ].map(([, id, says]) => [id, says]);
  expect(rows).toEqual(
    [...seriesRules, ...adjustmentRules, ...sessionRules, ...comparingRuleTexts].map(({ id, says }) => [
      id,
      says,
    ]),
  );
});
