import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectConfig, loadConfig, secretValues } from '../../src/config.ts';
import { readSecretFile } from '../../src/secret-file.ts';
import { settings } from '../../src/settings.ts';
import { temporalTarget } from '../../src/temporal/connection.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'barwright-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(content: string | Uint8Array): string {
  const file = path.join(folder, String((files += 1)));
  writeFileSync(file, content);
  return file;
}

const secrets = settings.flatMap((setting) => ('secret' in setting ? setting.name : []));
/** As long as the longest that some of them have to be. */
const canary = 'canary-7f3a'.repeat(3);
const valueOf = (name: string) =>
  name.endsWith('DATABASE_URL') ? `postgres://u:${canary}@db/trading` : canary;

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  return inspectConfig(environment, null).reports.flatMap(({ problem }) => problem ?? []);
}

describe.each(secrets)('%s', (name) => {
  test.each(['', '\n', '\r\n', '\n\n'])('is what a file holds that ends in %j', (end) => {
    const environment = { [`${name}_FILE`]: fileOf(valueOf(name) + end) };
    const { reports, config } = inspectConfig(environment, null);
    expect(config).toEqual({ ...loadConfig({ [name]: valueOf(name) }, null) });
    expect(reports.find((report) => report.name === name)).toMatchObject({ source: 'file', problem: null });
    expect(JSON.stringify(reports)).not.toContain(canary);
    expect(secretValues(environment, null)).toEqual([canary]);
  });

  test('is refused where it and its file are both set, and hidden all the same', () => {
    const both = { [name]: valueOf(name), [`${name}_FILE`]: fileOf('another') };
    expect(problemsOf(both)).toEqual([`${name} and ${name}_FILE are both set: keep one of them`]);
    expect(secretValues(both, null)).toContain(canary);
  });

  test('is named with its file and the fault of that', () => {
    const of = (file: string) => problemsOf({ [`${name}_FILE`]: file });
    const missing = path.join(folder, 'missing');
    expect(of(missing)).toEqual([`${name}_FILE: ${missing} cannot be read: there is no such file`]);
    const empty = fileOf(' \n');
    expect(of(empty)).toEqual([`${name}_FILE: ${empty} is empty`]);
    expect(of(folder)).toEqual([`${name}_FILE: ${folder} is no regular file`]);
    expect(of('/dev/null')).toEqual([`${name}_FILE: /dev/null is no regular file`]);
    const lines = fileOf(`${canary}\n${canary}\n`);
    expect(of(lines)).toEqual([`${name}_FILE: ${lines} holds more than one line`]);
    const large = fileOf(canary.repeat(10_000));
    expect(of(large)).toEqual([`${name}_FILE: ${large} is larger than a secret, 65536 bytes`]);
    const binary = fileOf(Uint8Array.of(0xff, 0xfe, 0x00));
    expect(of(binary)).toEqual([`${name}_FILE: ${binary} cannot be read: it is no text`]);
  });
});

test.skipIf(process.getuid?.() === 0)('a file without permission says so', () => {
  const file = fileOf(canary);
  chmodSync(file, 0);
  expect(problemsOf({ POLYGON_API_KEY_FILE: file })).toEqual([
    `POLYGON_API_KEY_FILE: ${file} cannot be read: no permission`,
  ]);
});

test('an empty NAME_FILE is unset, and a setting that is no secret has none', () => {
  expect(problemsOf({ POLYGON_API_KEY_FILE: '  ' })).toEqual([]);
  expect(loadConfig({ BATCH_SIZE_FILE: fileOf('7') }, null).batchSize).toBe(100);
});

test('the file of an alias counts, and one of .env does', () => {
  const file = fileOf(canary);
  expect(loadConfig({ MASSIVE_API_KEY_FILE: file }, null).sources.polygon.apiKey).toBe(canary);
  const envFile = fileOf(`POLYGON_API_KEY_FILE=${file}\n`);
  expect(loadConfig({}, envFile)).toMatchObject({ market: 'live', sources: { polygon: { apiKey: canary } } });
  const { reports } = inspectConfig({ POLYGON_API_KEY: 'another' }, envFile);
  expect(reports.flatMap(({ problem }) => problem ?? [])).toHaveLength(1);
});

test("Temporal's own reading is given the key of a file, and hears of no file", () => {
  const environment = { TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY_FILE: fileOf(`${canary}\n`) };
  const { temporal } = loadConfig(environment, null);
  expect(temporal.environment).toEqual({ TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: canary });
  expect(temporalTarget(temporal, null)?.connection).toMatchObject({ apiKey: canary });
});

test('whatever a file holds, it is the secret or is refused without a word of it', () => {
  const file = fileOf('');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 6 }), (content) => {
      writeFileSync(file, content);
      const { secret, problem } = readSecretFile(file);
      if (problem === null) expect(secret).toBe(content.replace(/[\r\n]+$/, ''));
      else expect(problem.replace(file, '')).toMatch(/^ (is empty|is no text|holds more than one line)$/);
    }),
    { seed: 20_261_126, numRuns: 30 },
  );
});
