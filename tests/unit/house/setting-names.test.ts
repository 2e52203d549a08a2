import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settings } from '../../../src/settings.ts';

const files = globSync(['{src,workers,workflows,activities,schedules}/**/*.ts']).filter(
  (file) => file !== 'src/settings.ts',
);
const comments = /\/\*[^]*?\*\/|(?<=^|\s)\/\/.*/g;
/** What the compiler knows for a setting's name: the call, its value, a whole literal in a file that names the type. */
const known = (text: string) => [
  /setting\('[A-Z_]+'\)/g,
  /values\.[A-Z_]+/g,
  // Taken apart, of the type that has them all.
  /\{[^{}]*\}: Values/g,
  ...(text.includes('SettingName') ? [/'[A-Z_]+'/g] : []),
];
const names = new RegExp(`(?<![A-Z_])(${settings.map(({ name }) => name).join('|')})(?![A-Z_])`, 'g');

function namedUnseen(text: string): readonly string[] {
  const rest = [comments, ...known(text)].reduce((left, seen) => left.replaceAll(seen, ''), text);
  return [...rest.matchAll(names)].map(([name]) => name);
}

test('every name of a setting in the code is one that the compiler checks', () => {
  expect(files.length).toBeGreaterThan(300);
  const unseen = files.flatMap((file) => {
    const found = namedUnseen(readFileSync(file, 'utf8'));
    return found.length === 0 ? [] : `${file}: ${found.join(', ')}`;
  });
  expect(unseen).toEqual([]);
});

test('a name in a text is found, one of the compiler and one in a comment are not', () => {
  expect(namedUnseen('const remedy = `raise BATCH_SIZE`; // as MARKET says')).toEqual(['BATCH_SIZE']);
  expect(namedUnseen("const remedy = `raise ${setting('BATCH_SIZE')}`; values.MARKET")).toEqual([]);
  expect(namedUnseen("set('MARKET')")).toEqual(['MARKET']);
});
