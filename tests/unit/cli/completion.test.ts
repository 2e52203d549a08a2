import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { completionOf } from '../../../src/cli/completion.ts';
import { UsageError } from '../../../src/cli/errors.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { flowNames } from '../../../src/flows/index.ts';
import { pools } from '../../../src/flows/pools.ts';

const scriptOf = (shell: string) => completionOf(buildProgram(), shell);
const isHere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe.runIf(isHere('bash'))('bash completes', () => {
  const script = scriptOf('bash');
  const completed = (...line: readonly string[]) => {
    const words = ['barwright', ...line].map((word) => `'${word}'`).join(' ');
    const commands = `COMP_WORDS=(${words}); COMP_CWORD=${line.length}; _barwright; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const said = execFileSync('bash', ['-c', `source <(cat); ${commands}`], {
      input: script,
      encoding: 'utf8',
    });
    return said.trim().split('\n');
  };

  test.each([
    [['ru'], ['run', 'runs']],
    [['runs', 'lo'], ['logs']],
    [['schedules', 'tr'], ['trigger']],
    [['runs', 'list', '--st'], ['--status']],
    [['run', 'polygon-d'], ['polygon-daily-ingestion']],
    [['run', ''], expect.arrayContaining([...flowNames]) as string[]],
    [['runs', 'list', '--flow', ''], [...flowNames]],
    [['worker', '--pool', ''], [...pools]],
    [['bars', 'AAPL', '--format', 'j'], ['json']],
    [['bars', 'AAPL', '--from', '2024-05-01', '--to', ''], ['']],
    [['backfill', '--symbols', 'runs', '--max'], ['--max-symbols']],
    [['completion', ''], expect.arrayContaining(['bash', 'zsh', 'fish']) as string[]],
  ])('%j', (line, words) => {
    expect(completed(...line)).toEqual(words);
  });
});

test.each([
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('the script for %s is one that it reads, where it is here', (shell, parseOnly) => {
  const script = scriptOf(shell);
  for (const flow of flowNames) expect(script).toContain(flow);
  const quotes =
    script
      .replaceAll(/\\./g, '')
      .replaceAll(/"[^"]*"/g, '')
      .match(/'/g) ?? [];
  expect(quotes.length % 2).toBe(0);
  if (isHere(shell)) expect(spawnSync(shell, parseOnly, { input: script })).toMatchObject({ status: 0 });
});

test('another shell is refused', () => {
  expect(() => scriptOf('tcsh')).toThrow(UsageError);
});

test('the version is that of the package', () => {
  expect(buildProgram().version()).toMatch(/^\d+\.\d+\.\d+$/);
});
