import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The folder of the whole project. */
export const houseRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Every source file, parsed, by its path from the root: no tests and no benches. */
export function readHouse(): ReadonlyMap<string, ts.SourceFile> {
  const files = globSync('{activities,schedules,src,workers,workflows}/**/*.ts', { cwd: houseRoot });
  return new Map(
    files.sort().map((file) => {
      const name = file.split(path.sep).join('/');
      return [name, parsed(name, readFileSync(path.join(houseRoot, file), 'utf8'))];
    }),
  );
}

/** The syntax of a text, as that of a file of that name. */
export function parsed(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/** The node and everything below it, in the order of the text. */
export function nodesOf(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (one: ts.Node): void => {
    found.push(one);
    ts.forEachChild(one, visit);
  };
  visit(node);
  return found;
}

/** `file:line`, as editors open it. */
export function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
