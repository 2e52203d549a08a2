import ts from 'typescript';
import { nodesOf } from './house-files.ts';

/** The names that a file itself declares and exports; what it only passes on is another file's. */
export function exportedNames(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) => {
    if (!isExported(statement)) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
    const { name } = statement as ts.DeclarationStatement;
    return name === undefined ? [] : [name.text];
  });
}

/** The names of a file's activities: the members of what its `create...Activities` returns. */
export function activityNames(file: ts.SourceFile): readonly string[] {
  return file.statements
    .filter((statement) => ts.isFunctionDeclaration(statement))
    .filter(({ name }) => /^create\w+Activities$/.test(name?.text ?? ''))
    .flatMap(({ body }) => body?.statements.filter((statement) => ts.isReturnStatement(statement)) ?? [])
    .flatMap(({ expression }) =>
      expression !== undefined && ts.isObjectLiteralExpression(expression) ? [...expression.properties] : [],
    )
    .flatMap(({ name }) => name?.getText() ?? []);
}

function isExported(statement: ts.Statement): boolean {
  if (!ts.canHaveModifiers(statement)) return false;
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** Of a pattern, every name that it binds. */
function boundNames(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return nodesOf(name)
    .filter((node) => ts.isBindingElement(node))
    .flatMap((element) => (ts.isIdentifier(element.name) ? element.name.text : []));
}
