import { expect, test } from 'vitest';
import ts from 'typescript';
import { nodesOf, parsed, placeOf, readHouse } from '../../support/house-files.ts';

const mostLinesOfFile = 300;
const mostLinesOfFunction = 60;

interface Measured {
  readonly file: string;
  readonly place: string;
  readonly lines: number;
}

/** Files with more in them than these tests let in; one that has been cut leaves the list. */
const stillToBeCut: readonly string[] = ['src/providers/polygon/client.ts', 'src/providers/yahoo/client.ts'];

const house = [...readHouse().values()];

/** Median and 90th percentile are told beside what is too large. */
function told(measured: readonly Measured[]): string {
  const sorted = measured.map(({ lines }) => lines).sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return `${sorted.length} measured, median ${at(0.5)} lines, p90 ${at(0.9)}`;
}

function tooLarge(measured: readonly Measured[], most: number): readonly Measured[] {
  return measured.filter(({ lines }) => lines > most);
}

function named(measured: readonly Measured[]): readonly string[] {
  return measured
    .filter(({ file }) => !stillToBeCut.includes(file))
    .map(({ place, lines }) => `${place}: ${lines} lines`);
}

function linesOfFile(file: ts.SourceFile): number {
  return file.text.trimEnd().split('\n').length;
}

/** Without the lines that are text of a template: SQL is read as SQL. */
function linesOfFunction(node: ts.Node): number {
  const text = nodesOf(node).filter(isTemplateText).map(breaksIn);
  return 1 + breaksIn(node) - text.reduce((sum, breaks) => sum + breaks, 0);
}

function isTemplateText(node: ts.Node): boolean {
  return (
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node)
  );
}

function breaksIn(node: ts.Node): number {
  return node.getText().split('\n').length - 1;
}

function functionsOf(file: ts.SourceFile): readonly Measured[] {
  return nodesOf(file)
    .filter((node) => ts.isFunctionLike(node) && 'body' in node && node.body !== undefined)
    .map((node) => ({ file: file.fileName, place: placeOf(node), lines: linesOfFunction(node) }));
}

const files = house.map((file) => ({
  file: file.fileName,
  place: file.fileName,
  lines: linesOfFile(file),
}));
const functions = house.flatMap(functionsOf);

test('no file is longer than 300 lines', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(named(tooLarge(files, mostLinesOfFile)), told(files)).toEqual([]);
});

test('no function is longer than 60 lines beside the text it holds', () => {
  expect(functions.length).toBeGreaterThan(500);
  expect(named(tooLarge(functions, mostLinesOfFunction)), told(functions)).toEqual([]);
});

test('what is still to be cut is too large indeed', () => {
  const large = [...tooLarge(files, mostLinesOfFile), ...tooLarge(functions, mostLinesOfFunction)];
  expect(stillToBeCut.filter((file) => !large.some((one) => one.file === file))).toEqual([]);
});

test('code counts as lines of its function, and text does not', () => {
  const code = `function f() {\n${'  g();\n'.repeat(70)}}`;
  const text = `const f = () => {\n  return sql\`${'select\n'.repeat(70)}\${g(\n1)} from t\`;\n};`;
  const lines = [code, text].map((source) => functionsOf(parsed('src/f.ts', source)).map((one) => one.lines));
  expect(lines).toEqual([[72], [4]]);
});
