import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { houseRoot } from '../support/house-files.ts';
import { interpolated, VariableMissing, variablesIn } from '../support/interpolated.ts';

const read = (name: string) => readFileSync(path.join(houseRoot, name), 'utf8');
const compose = read('docker-compose.yml');
const example = read('.env.example');

test('every variable of the compose file is explained in .env.example, with the default that it has', () => {
  const unexplained = [...new Set(variablesIn(compose))].filter((name) => {
    const plain = name.replace(/_FILE$/, '');
    return !new RegExp(`^# ${plain}(_FILE)?=`, 'm').test(example);
  });
  expect(unexplained).toEqual([]);
  for (const [, name = '', given = ''] of compose.matchAll(/\$\{([A-Z_]+(?:_VERSION|_PORT)):-([^}]+)\}/g))
    expect(example.split('\n').map((line) => line.split(/\s+#/)[0]?.trim())).toContain(`# ${name}=${given}`);
});

test('versions are written once, and ours is that of the package', () => {
  const versions = [...compose.matchAll(/\$\{([A-Z_]+_VERSION):-([^}]+)\}/g)];
  const each = new Map(versions.map(([, name = '', version]) => [name, version]));
  for (const [, name = '', version] of versions) expect(version).toBe(each.get(name));
  expect(each.get('BARWRIGHT_VERSION')).toBe(packageJson.version);
});

test('in a container the dashboard runs as `up` runs it', () => {
  const { nodeFlags, env } = packageJson.dashboardProcess;
  const [, service = ''] = /^ {2}dashboard:\n((?: {4}.*\n)+)/m.exec(compose) ?? [];
  expect(service).toContain(`entrypoint: [node, ${nodeFlags.join(', ')}, /app/src/cli/main.ts]\n`);
  for (const [name, value] of Object.entries(env)) expect(service).toContain(`      ${name}: '${value}'\n`);
});

test('an image is given the sources that there are, and no more', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [first, ...allowed] = lines;
  expect(first).toBe('*');
  const names = allowed.map((line) => line.replace(/^!/, ''));
  expect(allowed.every((line) => line.startsWith('!'))).toBe(true);
  expect(names.filter((name) => !existsSync(path.join(houseRoot, name)))).toEqual([]);
  const sources = globSync('*/*.ts', { cwd: houseRoot }).map((file) => file.split(path.sep)[0] ?? '');
  const wanted = [...new Set(sources)].filter(
    (folder) => !['tests', 'bench', 'node_modules'].includes(folder),
  );
  expect(names).toEqual(expect.arrayContaining([...wanted, 'src', 'package.json', 'package-lock.json']));
  expect(names.filter((name) => /env|deploy|tests|\.git/.test(name))).toEqual([]);
});

test('the image starts the command line that is there, as nobody with rights', () => {
  const dockerfile = read('Dockerfile');
  const [, entry = ''] = /^ENTRYPOINT \["node", "\/app\/(.*)"\]$/m.exec(dockerfile) ?? [];
  expect(statSync(path.join(houseRoot, entry)).isFile()).toBe(true);
  expect(dockerfile.lastIndexOf('\nUSER node\n')).toBeGreaterThan(dockerfile.lastIndexOf('\nRUN '));
  expect(dockerfile).not.toMatch(/https?:|npm_config|:latest/);
});

test('variables are replaced as compose does it', () => {
  const variables = { SET: 'a', EMPTY: '' };
  const replace = (text: string) => interpolated(text, variables);
  expect(replace('x${SET}y${EMPTY}${NONE}z')).toBe('xayz');
  expect(replace('${EMPTY:-${SET:+b}}-${NONE:-c}')).toBe('b-c');
  expect(replace('$$HOME ${SET:?no}')).toBe('$HOME a');
  expect(() => replace('${EMPTY:-${NONE:?set NONE}}')).toThrow(VariableMissing);
  expect(variablesIn('${A:-${B_C:?d}} $${E}')).toEqual(['A', 'B_C']);
});
