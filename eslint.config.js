import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { sourceNames } from './src/domain/source.ts';

/** Every room of the house by its folder, below src/ or beside it; those that are one file with its ending. */
const rooms = [
  ...['domain', 'runs', 'flows'],
  ...['providers', 'store', 'calendar', 'planning', 'identity', 'indicators', 'quality', 'simulator'],
  ...[
    'metrics',
    'pipelines',
    'operations',
    'runtime',
    'temporal',
    'config.ts',
    'source-config.ts',
    'settings.ts',
    'log.ts',
    'progress.ts',
  ],
  ...['workflows', 'activities', 'workers', 'schedules', 'cli', 'web'],
];
const temporal = { regex: '^@temporalio/', message: 'Only the Temporal layers know Temporal.' };

/** Forbids files every import that no arrow of the layout allows. */
function arrows(files, forbidden) {
  return {
    files: [files.endsWith('.ts') ? files : `${files}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbidden }] },
  };
}

/** Imports of a room, but for some of its files or folders; `up` is the way to it. */
function from(room, known = [], up = '(\\.\\./)+') {
  const others = known.map((part) => `(?!${RegExp.escape(part)})`).join('');
  const inside = room.endsWith('.ts') ? '$' : `/${others}`;
  return {
    regex: `^${up}(src/)?${RegExp.escape(room)}${inside}`,
    message: `No arrow leads here from ${room.endsWith('.ts') ? room : `${room}/`}.`,
  };
}

/**
 * Imports of every room but those that are known: whole ones, files or folders of one, or types alone. No room is
 * foreign to itself.
 */
function unknown(own, known, types = []) {
  return rooms
    .filter((room) => room !== own && !known.includes(room))
    .map((room) => {
      const within = known
        .filter((one) => one.startsWith(`${room}/`))
        .map((one) => one.slice(room.length + 1));
      return {
        ...from(room, within, own === 'src' ? '\\.{1,2}/' : undefined),
        allowTypeImports: types.includes(room),
      };
    });
}

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
const parts = ['providers', 'calendar', 'planning', 'identity', 'indicators', 'quality', 'simulator'];
const commands = [
  ...['domain', 'runs', 'flows', 'store', 'calendar', 'indicators/columns.ts'],
  ...['operations', 'runtime', 'temporal', 'config.ts', 'schedules'],
];

const pageRooms = [
  ...['domain', 'runs', 'flows', 'store', 'calendar', 'operations', 'temporal', 'schedules'],
  ...['config.ts', 'log.ts'],
];
const rawMarkup = {
  regex: '^hono/(html|jsx|utils/html)',
  message: 'Markup is made with markup.ts, where nothing comes in unescaped.',
};

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
    files: ['**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', setInterval: 'readonly', clearInterval: 'readonly' } },
  },
  {
    files: ['src/web/assets/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['document', 'window', 'location', 'history', 'fetch', 'performance', 'console', 'matchMedia'],
          ...[
            'getComputedStyle',
            'requestAnimationFrame',
            'devicePixelRatio',
            'setTimeout',
            'clearTimeout',
            'addEventListener',
            'CustomEvent',
          ],
          ...[
            'ImageData',
            'OffscreenCanvas',
            'ResizeObserver',
            'DOMParser',
            'EventSource',
            'TextDecoder',
            'URL',
          ],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  arrows('src/domain', [{ regex: '^(?!\\./)', message: 'The domain imports nothing.' }]),
  arrows('src/runs', [temporal, ...unknown('runs', ['domain'])]),
  arrows('src/flows', [temporal, ...unknown('flows', ['domain', 'runs'])]),
  ...parts.map((part) => {
    const known = part === 'providers' ? ['domain', 'metrics', 'progress.ts'] : ['domain'];
    return arrows(`src/${part}`, [temporal, ...unknown(part, known)]);
  }),
  arrows('src/metrics', [temporal, ...unknown('metrics', ['domain'])]),
  arrows('src/store', [temporal, ...unknown('store', ['domain', 'progress.ts'], ['runs'])]),
  arrows('src/pipelines', [
    temporal,
    ...unknown('pipelines', [
      ...['domain', 'runs', 'flows'],
      ...['providers', 'store', 'calendar', 'planning', 'identity', 'indicators', 'quality'],
      ...['metrics', 'progress.ts'],
    ]),
  ]),
  arrows('src/*.ts', [
    temporal,
    ...unknown('src', ['domain', 'config.ts', 'source-config.ts', 'settings.ts', 'log.ts'], ['flows']),
  ]),
  arrows('src/runtime', unknown('runtime', ['domain'], ['config.ts'])),
  arrows('src/temporal', unknown('temporal', ['domain'], ['flows', 'config.ts'])),
  arrows(
    'src/operations',
    unknown(
      'operations',
      [
        ...['domain', 'runs', 'flows', 'store', 'calendar', 'schedules'],
        ...['temporal', 'config.ts', 'pipelines/gaps/', 'pipelines/identity/'],
        ...['pipelines/planning/', 'pipelines/quality/'],
      ],
      ['runtime'],
    ),
  ),
  arrows(
    'activities',
    unknown(
      'activities',
      ['domain', 'runs', 'flows', 'store', 'calendar', 'metrics', 'pipelines'],
      ['providers'],
    ),
  ),
  arrows('workflows', [
    ...unknown('workflows', ['domain', 'runs', 'flows', 'temporal/names.ts'], ['activities']),
    {
      regex: '/(runs/run-identity|flows/runs)\\.ts$',
      message: 'Ids and sessions of runs are worked out before a workflow, or in an activity.',
    },
    { regex: '^node:', message: 'Workflows are deterministic.' },
  ]),
  arrows('schedules', unknown('schedules', ['domain', 'runs', 'flows', 'temporal'], ['workflows'])),
  arrows(
    'workers',
    unknown('workers', [
      ...['domain', 'runs', 'flows', 'store', 'calendar', 'simulator', 'pipelines', 'activities'],
      ...['metrics', 'runtime', 'temporal', 'config.ts', 'settings.ts', 'log.ts', 'progress.ts'],
    ]),
  ),
  arrows('src/web', [rawMarkup, ...unknown('web', pageRooms)]),
  arrows('src/web/markup.ts', unknown('web', pageRooms)),
  arrows('src/cli', unknown('cli', commands, ['activities', 'workflows'])),
  arrows('src/cli/serve-dashboard.ts', unknown('cli', [...commands, 'web', 'log.ts'])),
  arrows('src/cli/simulate.ts', unknown('cli', [...commands, 'simulator'])),
  ...['src/cli/stack', 'src/cli/worker.ts'].map((root) =>
    arrows(root, unknown('cli', [...commands, 'workers'])),
  ),
  ...Object.entries(simulatorRooms).map(([room, known]) =>
    arrows(`src/simulator/${room}`, [
      temporal,
      ...unknown('simulator', ['domain']),
      ...Object.keys(simulatorRooms)
        .filter((other) => other !== room && !known.includes(other))
        .map((other) => from(other)),
      { regex: '^\\.\\./[^/]+\\.ts$', message: 'The rooms of the simulator do not know its server.' },
    ]),
  ),
  {
    name: 'source comparisons',
    files: ['**/*.ts'],
    ignores: ['src/providers/*/**', 'src/domain/source.ts', 'src/simulator/**'],
    rules: { 'no-restricted-syntax': ['error', namedExports, ...sourceComparisons] },
  },
  {
    files: ['*.config.ts', 'tests/tally-reporter.ts', 'tests/global-setup.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
