import path from 'node:path';
import { ESLint } from 'eslint';
import { houseRoot } from './house-files.ts';

/** What a rule of the project's configuration says of a text, as that of a file that need not exist. */
export function complaintsOf(rule: string) {
  const eslint = new ESLint({
    cwd: houseRoot,
    overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
    ruleFilter: ({ ruleId }) => ruleId === rule,
  });
  return async (file: string, code: string): Promise<readonly string[]> => {
    const [result] = await eslint.lintText(code, { filePath: path.join(houseRoot, file) });
    return result?.messages.map(({ message }) => message) ?? [];
  };
}
