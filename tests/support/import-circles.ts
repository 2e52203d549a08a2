import path from 'node:path';
import ts from 'typescript';

/** The files that each file imports, all by their paths from the root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** The imports that are there when the code runs: those of types alone are erased, those of one name each are not. */
export function importGraph(house: ReadonlyMap<string, ts.SourceFile>): ImportGraph {
  return new Map([...house].map(([name, file]) => [name, importsOf(file).filter((one) => house.has(one))]));
}

function importsOf(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) => {
    const specifier = lastingSpecifier(statement);
    if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.'))
      return [];
    return [path.posix.join(path.posix.dirname(file.fileName), specifier.text)];
  });
}

function lastingSpecifier(statement: ts.Statement): ts.Expression | undefined {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly ? undefined : statement.moduleSpecifier;
  if (!ts.isImportDeclaration(statement)) return undefined;
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    ? undefined
    : statement.moduleSpecifier;
}

/** Circles of the graph, each from a file back to itself; at least one where there are any. */
export function circlesOf(graph: ImportGraph): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = [];
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) circles.push([...way.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return circles;
}
