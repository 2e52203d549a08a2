import { expect, test } from 'vitest';
import ts from 'typescript';
import { nodesOf, parsed, readHouse } from '../../support/house-files.ts';

const house = [...readHouse().values()];

/** The methods that a factory of activities lists: each becomes an activity of that name. */
function activitiesOf(file: ts.SourceFile): readonly string[] {
  return nodesOf(file)
    .filter(ts.isReturnStatement)
    .flatMap(({ expression }) =>
      expression !== undefined && ts.isObjectLiteralExpression(expression) ? expression.properties : [],
    )
    .filter(ts.isMethodDeclaration)
    .map(({ name }) => name.getText());
}

function exportedFunctionsOf(file: ts.SourceFile): readonly string[] {
  return file.statements
    .filter(ts.isFunctionDeclaration)
    .filter(({ modifiers = [] }) => modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap(({ name }) => name?.text ?? []);
}

const inFolder = (...folders: readonly string[]) =>
  house.filter(({ fileName }) => folders.some((folder) => fileName.startsWith(`${folder}/`)));

test('no activity is named like a function of the store or of a pipeline', () => {
  const activities = inFolder('activities').flatMap(activitiesOf);
  const functions = new Set(inFolder('src/store', 'src/pipelines').flatMap(exportedFunctionsOf));
  expect(activities.length).toBeGreaterThan(20);
  expect(functions.size).toBeGreaterThan(100);
  expect(activities.filter((name) => functions.has(name))).toEqual([]);
});

test('no two functions of the store and the pipelines have one name', () => {
  const functions = inFolder('src/store', 'src/pipelines').flatMap(exportedFunctionsOf);
  const twice = functions.filter((name, place) => functions.indexOf(name) !== place);
  expect(twice).toEqual([]);
});

test('the methods of what a factory returns are activities, its helpers are not', () => {
  const code =
    'export function create() {\n  return { async one() { return two(); } };\n}\nfunction two() { return {}; }';
  const file = parsed('activities/f.ts', code);
  expect([activitiesOf(file), exportedFunctionsOf(file)]).toEqual([['one'], ['create']]);
});
