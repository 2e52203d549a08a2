import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { settings } from '../../src/settings.ts';
import { houseRoot } from '../support/house-files.ts';
import { variablesIn } from '../support/interpolated.ts';

/** Variables of other programs that a text may name. */
const ofOthers = ['COMPOSE_PROFILES', 'TEMPORAL_CLI_PATH', 'XDG_CACHE_HOME', 'NODE_ENV', 'RECORD_HISTORIES'];

const documents = ['README.md', ...globSync('docs/*.md', { cwd: houseRoot })].map((name) => ({
  name,
  text: readFileSync(path.join(houseRoot, name), 'utf8'),
}));

/** What a text says in code: its spans, and the lines of its blocks. */
function codeIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, span = '']) => span,
  );
  return [...blocks, ...spans].map((code) => code.trim());
}

/** The command lines of ours in a text, without the program's name. */
function commandsIn(text: string): readonly (readonly string[])[] {
  return codeIn(text).flatMap((code) => {
    const line = /^(?:docker compose run --rm |\.\/)?barwright ([a-z-].*)$/.exec(
      code.replace(/\s+#.*$/, ''),
    )?.[1];
    return line === undefined ? [] : [line.split(/\s+/)];
  });
}

/** The command that words lead to, and those of its options that it does not know. */
function lookedUp(words: readonly string[]): {
  readonly command: Command;
  readonly unknown: readonly string[];
} {
  let command = buildProgram();
  for (const word of words) {
    const next = command.commands.find((sub) => sub.name() === word);
    if (next === undefined) break;
    command = next;
  }
  const known = ['--help', '--version', ...command.options.flatMap(({ long }) => long ?? [])];
  const named = words.flatMap((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1] ?? []);
  return { command, unknown: named.filter((option) => !known.includes(option)) };
}

const lines = documents.flatMap(({ name, text }) =>
  commandsIn(text).map((words) => [name, words.join(' '), words] as const),
);

test.each(lines)('%s: barwright %s', async (_, __, words) => {
  const { command, unknown } = lookedUp(words);
  expect(unknown).toEqual([]);
  const [first = ''] = words;
  if (first.startsWith('--')) return;
  expect(command.parent).not.toBeNull();
  // A group of commands does nothing by itself.
  if (command.commands.length > 0) expect(words.at(-1)).toBe(command.name());
  const names: string[] = [];
  let root = command.configureOutput({ writeOut: () => undefined });
  for (; root.parent !== null; root = root.parent) names.unshift(root.name());
  await expect(root.parseAsync(['node', 'barwright', ...names, '--help'])).rejects.toMatchObject({
    exitCode: 0,
  });
});

const ours = [
  ...settings.flatMap((setting) => [setting.name, 'alias' in setting ? setting.alias : setting.name]),
  ...variablesIn(readFileSync(path.join(houseRoot, 'docker-compose.yml'), 'utf8')),
];

describe.each(documents)('$name', ({ name, text }) => {
  test('every setting that it names is one', () => {
    const named = codeIn(text).flatMap((code) =>
      [...code.matchAll(/\b[A-Z]{3,}(?:_[A-Z]+)+\b/g)].map(([word]) => word),
    );
    const strange = [...new Set(named)].filter(
      (name) =>
        !ours.includes(name.replace(/_FILE$/, '')) &&
        !ofOthers.includes(name) &&
        !/^(PREFECT_|TEMPORAL_TLS)/.test(name),
    );
    expect(strange).toEqual([]);
  });

  test('every link leads to something', () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const place = path.join(houseRoot, path.dirname(name), file);
      const linked = file === '' ? text : existsSync(place) ? readFileSync(place, 'utf8') : '';
      expect(linked, target).not.toBe('');
      if (anchor !== undefined) expect(anchorsOf(linked)).toContain(anchor);
    }
  });
});

function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
