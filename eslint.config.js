import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { sourceNames } from './src/domain/source.ts';

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
/** The simulator's rooms, each with those that it knows; only the files above them know what lies beside the rooms. */
const simulatorRooms = {
  http: [],
  market: [],
  polygon: ['http', 'market'],
  yahoo: ['http', 'market'],
  endpoints: ['http', 'polygon', 'yahoo'],
  faults: ['http', 'market', 'polygon', 'yahoo', 'endpoints'],
};

const namedExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a file is named after what it exports.',
};
const sourceComparisons = [
  `BinaryExpression[operator=/^[!=]==?$/] > Literal[value=/^(${sourceNames.join('|')})$/]`,
  `SwitchCase > Literal[value=/^(${sourceNames.join('|')})$/]`,
].map((selector) => ({
  selector,
  message: "Ask the source's declaration, not its name: a further source would be decided in silence.",
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
      'no-restricted-syntax': ['error', namedExports],
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
  ...Object.entries(simulatorRooms).map(([room, known]) =>
    arrows(`src/simulator/${room}`, [
      temporal,
      ...roots,
      ...from(...parts.filter((part) => part !== 'simulator'), 'temporal', 'runtime', 'config', 'log'),
      ...from(...Object.keys(simulatorRooms).filter((other) => other !== room && !known.includes(other))),
      { regex: '^\\.\\./[^/]+\\.ts$', message: 'The rooms of the simulator do not know its server.' },
    ]),
  ),
  {
    name: 'source comparisons',
    files: ['workflows/**/*.ts', 'schedules/**/*.ts', 'workers/**/*.ts', 'src/**/*.ts'],
    ignores: ['src/providers/*/**', 'src/domain/source.ts', 'src/simulator/**', 'src/cli/**'],
    rules: { 'no-restricted-syntax': ['error', namedExports, ...sourceComparisons] },
  },
);
