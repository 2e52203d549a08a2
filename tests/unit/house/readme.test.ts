import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { houseRoot } from '../../support/house-files.ts';

const readme = readFileSync(path.join(houseRoot, 'README.md'), 'utf8');
const [, map = ''] = readme.split('## Where to change what\n');

/** What the map says in code: paths have a slash or an ending, other words have neither. */
function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => (/[/.]/.test(code) ? code : []));
}

/** The files and folders that a text names; one without a root of its own lies in the folder named before it. */
function placesIn(text: string): readonly string[] {
  let folder = '';
  return pathsIn(text).map((named) => {
    if (!isRooted(named)) return folder + named;
    folder = named.endsWith('/') ? named : folder;
    return named;
  });
}

const roots = ['src', 'workflows', 'activities', 'workers', 'schedules', 'tests'];
const isRooted = (named: string) =>
  roots.includes(named.split('/')[0] ?? '') || existsSync(path.join(houseRoot, named));

const rows = map.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
const cells = rows
  .slice(1)
  .map((row): readonly [string, string] => [row.split('|')[1]?.trim() ?? '', row.split('|')[2] ?? '']);

test('the map has a row for every behaviour', () => {
  expect(cells.map(([behaviour]) => behaviour)).toEqual(
    expect.arrayContaining([
      ...['run order', 'retries and time-outs', 'pace and quota', 'which sessions (`daysBack`)', 'finality'],
      ...[
        'universe',
        'planner',
        'answer to rows',
        'absences',
        'revisions',
        'pause and change',
        'joining by id',
      ],
      ...['killed workers', 'splits and dividends', 'adjustment', 'indicators and when they are due'],
      ...['fundamentals', 'calendar', 'schedules', 'settings', 'commands', 'simulator and faults'],
    ]),
  );
});

test.each(cells)('the row of %s leads to what there is', (_, text) => {
  const places = placesIn(text);
  expect(places).not.toEqual([]);
  expect(places.filter((place) => !existsSync(path.join(houseRoot, place)))).toEqual([]);
});

test('what is said around the map leads to what there is', () => {
  const around = map
    .split('\n')
    .filter((line) => !line.startsWith('|'))
    .join('\n');
  expect(placesIn(around).filter((place) => !existsSync(path.join(houseRoot, place)))).toEqual([]);
});
