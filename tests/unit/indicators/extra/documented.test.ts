import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { extras } from '../../../../src/indicators/extra/extras.ts';

const rows = readFileSync('docs/indicators.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'));

test.each(extras)(
  'docs/indicators.md says of $name who computes it',
  ({ columns: [key = ''], computedBy }) => {
    const row = rows.find((line) => line.startsWith(`| \`${key}\``));
    expect(row?.split('|')[2]?.trim()).toBe(
      computedBy === 'barwright' ? 'own kernel' : '`technicalindicators`',
    );
  },
);
