import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { endpoints } from '../../../../src/simulator/endpoints/market-request.ts';
import { faultKinds, parseFaultScript } from '../../../../src/simulator/faults/fault-script.ts';

const text = readFileSync('docs/faults.md', 'utf8');
const examples = [...text.matchAll(/^```json\n(.*?)^```/gms)].map(([, json = '']) => json);
/** The first column of its tables. */
const described = [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, kind = '']) => kind);

test.each(examples)('an example is a script: %s', (json) => {
  expect(() => parseFaultScript(JSON.parse(json))).not.toThrow();
});

test('every kind is described once, with an example, and nothing else is', () => {
  expect(described.toSorted()).toEqual([...faultKinds].sort());
  const shown = examples.flatMap((json) => [...json.matchAll(/"kind": "(\w+)"/g)].map(([, kind]) => kind));
  expect([...new Set(shown)].sort()).toEqual([...faultKinds].sort());
});

test('every endpoint is named', () => {
  expect(endpoints.filter((endpoint) => !text.includes(`\`${endpoint}\``))).toEqual([]);
});
