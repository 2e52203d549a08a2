import { expect, test } from 'vitest';
import type ts from 'typescript';
import { parsed, readHouse } from '../../support/house-files.ts';
import { activityNames, exportedNames } from '../../support/exported-names.ts';

/** Where one thing shows several faces under one name, one face a room. */
const facesOfOneThing: readonly (readonly RegExp[])[] = [
  // A flow: its declaration, its schedule, its workflow.
  [/^src\/flows\//, /^schedules\//, /^workflows\//],
  // An activity: what it does, and what a workflow calls it by.
  [/^activities\//, /^workflows\/activity-proxies\.ts$/],
];

function namesOf(file: ts.SourceFile): ReadonlySet<string> {
  const activities = file.fileName.startsWith('activities/') ? activityNames(file) : [];
  return new Set([...exportedNames(file), ...activities]);
}

/** Each name that several files have, and those files. */
function repeated(house: Iterable<ts.SourceFile>): readonly string[] {
  const homes = [...house].flatMap((file) =>
    [...namesOf(file)].map((name) => [name, file.fileName] as const),
  );
  return [...Map.groupBy(homes, ([name]) => name)]
    .map(([name, found]) => ({ name, files: found.map(([, file]) => file) }))
    .filter(({ files }) => files.length > 1 && !isOneThing(files))
    .map(({ name, files }) => `${name}: ${files.join(', ')}`);
}

function isOneThing(files: readonly string[]): boolean {
  return facesOfOneThing.some((rooms) => {
    const inRooms = rooms.map((room) => files.filter((file) => room.test(file)).length);
    return (
      inRooms.every((count) => count <= 1) && inRooms.reduce((sum, count) => sum + count) === files.length
    );
  });
}

const houseOf = (texts: Readonly<Record<string, string>>) =>
  repeated(Object.entries(texts).map(([name, text]) => parsed(name, text)));

test('no two things have one name', () => {
  const house = [...readHouse().values()];
  expect(house.flatMap((file) => [...namesOf(file)]).length).toBeGreaterThan(700);
  expect(repeated(house)).toEqual([]);
});

test('every kind of thing has a name that may not be repeated', () => {
  const kinds = ['function x() {}', 'class x {}', 'interface x {}', 'type x = 1', 'const { y: x } = z'];
  for (const kind of kinds) {
    const texts = { 'src/a.ts': 'export const [x] = z;', 'src/b.ts': `export ${kind};` };
    expect(houseOf(texts), kind).toEqual(['x: src/a.ts, src/b.ts']);
  }
});

test('what stays inside of a file, or is passed on, is no second thing', () => {
  const texts = {
    'src/a.ts': 'export type X = 1;',
    'src/b.ts': "export { X } from './a.ts'; function Y() {}",
  };
  expect(houseOf({ ...texts, 'src/c.ts': 'export class Y {}' })).toEqual([]);
});

test('an activity has a name like all others, and its proxy shares it', () => {
  const texts = {
    'activities/a.ts': 'export function createAActivities() { return { async x() {}, y: () => 1, z }; }',
    'workflows/activity-proxies.ts': 'export const { x, y, z } = proxyActivities<A>({});',
  };
  expect(houseOf(texts)).toEqual([]);
  const store = { 'src/store/x.ts': 'export function x() {}' };
  expect(houseOf({ ...texts, ...store })).toEqual([
    'x: activities/a.ts, workflows/activity-proxies.ts, src/store/x.ts',
  ]);
});

test('a flow shares its name with its schedule and its workflow, and with nothing else', () => {
  const text = 'export const daily = {};';
  const faces = { 'src/flows/daily.ts': text, 'schedules/daily.ts': text, 'workflows/daily.ts': text };
  expect(houseOf(faces)).toEqual([]);
  expect(houseOf({ ...faces, 'src/flows/other.ts': text })).toHaveLength(1);
  expect(houseOf({ ...faces, 'activities/daily.ts': text })).toHaveLength(1);
});
