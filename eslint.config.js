import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const temporal = { regex: '^@temporalio/', message: 'Only the Temporal layers know Temporal.' };
const parts = ['providers', 'store', 'calendar', 'planning', 'indicators', 'simulator'];

/** Forbids the folder's files every import that no arrow of the layout allows. */
function arrows(folder, forbidden) {
  return {
    files: [`${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbidden }] },
  };
}

const from = (...folders) =>
  folders.map((folder) => ({
    regex: `^(\\.\\./)+(src/)?${folder}/`,
    message: `No arrow leads here from ${folder}/.`,
  }));
const roots = from('workflows', 'activities', 'workers', 'schedules', 'cli', 'web');

export default tseslint.config(
  { ignores: ['node_modules/', '.barwright/', 'coverage/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Named exports only: a file is named after what it exports.',
        },
      ],
    },
  },
  {
    files: ['*.config.ts', 'tests/tally-reporter.ts', 'tests/global-setup.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', setInterval: 'readonly', clearInterval: 'readonly' } },
  },
  arrows('src/domain', [temporal, { regex: '^\\.\\./', message: 'The domain imports nothing.' }]),
  ...parts.map((part) =>
    arrows(`src/${part}`, [
      temporal,
      ...roots,
      ...from(...parts.filter((other) => other !== part), 'temporal', 'runtime', 'config', 'log'),
    ]),
  ),
  arrows('src/runtime', [...roots, ...from(...parts, 'temporal')]),
  arrows('src/temporal', [...roots, ...from(...parts, 'runtime')]),
  arrows('src/runs', [
    temporal,
    ...roots,
    ...from(...parts.filter((part) => part !== 'calendar'), 'pipelines', 'runtime'),
  ]),
  arrows('src/pipelines', [temporal, ...roots, ...from('simulator', 'runtime')]),
  arrows('workflows', [
    {
      regex: '/(activities|pipelines|store|providers|calendar|planning|simulator|runtime|cli)/',
      allowTypeImports: true,
      message: 'Workflows decide: only types, the domain and the names of src/temporal reach them.',
    },
    { regex: '^node:', message: 'Workflows are deterministic.' },
  ]),
  arrows('activities', from('workflows', 'workers', 'schedules', 'cli', 'web', 'runtime', 'simulator')),
);
