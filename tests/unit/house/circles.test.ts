import { expect, test } from 'vitest';
import { parsed, readHouse } from '../../support/house-files.ts';
import { circlesOf, importGraph } from '../../support/import-circles.ts';

const houseOf = (files: Readonly<Record<string, string>>) =>
  importGraph(new Map(Object.entries(files).map(([name, text]) => [name, parsed(name, text)])));

test('no files import each other in a circle', () => {
  const graph = importGraph(readHouse());
  expect([...graph.values()].flat().length).toBeGreaterThan(500);
  expect(circlesOf(graph).map((circle) => circle.join(' -> '))).toEqual([]);
});

test('a circle is named by its files', () => {
  const graph = houseOf({
    'src/a.ts': "import { b } from './b/b.ts';",
    'src/b/b.ts': "import { c } from '../c.ts';",
    'src/c.ts': "export * from './b/b.ts';",
  });
  expect(circlesOf(graph)).toEqual([['src/b/b.ts', 'src/c.ts', 'src/b/b.ts']]);
});

test('an import of types alone closes no circle, one that only names types does', () => {
  const back = (statement: string) =>
    circlesOf(houseOf({ 'src/a.ts': "import { b } from './b.ts';", 'src/b.ts': statement })).length;
  expect(back("import type { A } from './a.ts';")).toBe(0);
  expect(back("export type { A } from './a.ts';")).toBe(0);
  expect(back("import { type A } from './a.ts';")).toBe(1);
});
