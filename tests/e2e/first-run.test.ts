import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { houseRoot } from '../support/house-files.ts';
import { startInstallation, type TestInstallation } from '../support/installation.ts';

let installation: TestInstallation;

beforeAll(async () => {
  installation = await startInstallation({ MARKET: 'simulated' }, { firstRun: true });
}, 120_000);
afterAll(() => installation.down());

const lines = (text: string) =>
  [...text.matchAll(/^ *\.\/barwright (.+)$/gm)].flatMap(([, command = '']) => command);

/** README's commands beside `npm start`; their dates are an example, and the market ends today. */
function readmeCommands(range: string): readonly string[] {
  const [, runIt = ''] = readFileSync(path.join(houseRoot, 'README.md'), 'utf8').split('## Run it');
  return lines(runIt.split('## ')[0] ?? '').map((command) => command.replace(/--from \S+ --to \S+/, range));
}

/** The lists of a document, those within its lists included. */
function listsIn(value: unknown): readonly (readonly unknown[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(listsIn);
  return Array.isArray(value) ? [value, ...within] : within;
}

function hasRows(document: Readonly<Record<string, unknown>>): boolean {
  if (typeof document.cells === 'number') return document.cells > 0;
  const series = Array.isArray(document.series) ? (document.series as readonly object[]) : [document];
  return series.every((one) => listsIn(one).some((list) => list.length > 0));
}

test('every command that the first run and README suggest has something to show', async () => {
  await expect.poll(() => installation.shown(), { timeout: 420_000 }).toContain('./barwright status');
  const suggested = lines(installation.shown());
  const [range = ''] = /--from \S+ --to \S+/.exec(installation.shown()) ?? [];
  const commands = [...suggested, ...readmeCommands(range)];
  expect(commands.length).toBeGreaterThan(12);
  for (const command of new Set(commands)) {
    const { code, stdout, stderr } = await installation.run(...command.split(' '), '--json');
    expect({ command, code, stderr }).toMatchObject({ code: 0 });
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect({ command, rows: hasRows(document) }).toEqual({ command, rows: true });
  }
}, 540_000);
