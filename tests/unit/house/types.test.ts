import { expect, test } from 'vitest';
import ts from 'typescript';
import { nodesOf, parsed, placeOf, readHouse } from '../../support/house-files.ts';

function anysOf(file: ts.SourceFile): readonly string[] {
  return nodesOf(file)
    .filter(({ kind }) => kind === ts.SyntaxKind.AnyKeyword)
    .map(placeOf);
}

test('no type is any', () => {
  expect([...readHouse().values()].flatMap(anysOf)).toEqual([]);
});

test('an any is found wherever it stands', () => {
  const text = 'let any = 1;\nconst list = new Map<string, any[]>();\nexport const one = list as any;';
  expect(anysOf(parsed('src/a.ts', text))).toEqual(['src/a.ts:2', 'src/a.ts:3']);
});
