import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inspectConfig, loadConfig } from '../../../src/config.ts';
import { temporalTarget } from '../../../src/temporal/connection.ts';
import { searchAttributes } from '../../../src/temporal/names.ts';

const text = readFileSync('deploy/cloud.env.example', 'utf8');
const [byKey = '', byCertificate = ''] = text.split('# By certificate');
/** The lines of a way to be known, also those that are left out by a comment. */
const settingsIn = (part: string) =>
  parseEnv(part.replaceAll(/^# (?=TEMPORAL_)/gm, '')) as Record<string, string>;

describe('deploy/cloud.env.example', () => {
  test('is a file of settings without a mistake, and holds no secret', () => {
    const { reports, config } = inspectConfig(parseEnv(text), null);
    expect(reports.flatMap(({ problem }) => problem ?? [])).toEqual([]);
    expect(config?.temporal.external).toBe(true);
    expect(parseEnv(text).TEMPORAL_API_KEY).toBe('');
  });

  test('reaches Cloud by an API key, encrypted', () => {
    const { temporal } = loadConfig({ ...settingsIn(byKey), TEMPORAL_API_KEY: 'canary-key' }, null);
    expect(temporalTarget(temporal, null)).toMatchObject({
      address: 'us-east-1.aws.api.temporal.io:7233',
      namespace: 'trading.a1b2c',
      connection: { apiKey: 'canary-key', tls: expect.anything() as unknown },
    });
  });

  test('reaches Cloud by a certificate', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'barwright-cloud-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const settings = { TEMPORAL_NAMESPACE: 'trading.a1b2c', ...settingsIn(byCertificate) };
    expect(Object.keys(settings)).toContain('TEMPORAL_TLS_CLIENT_KEY_PATH');
    const files = Object.entries(settings).map(([name, value]) => {
      if (!name.endsWith('_PATH')) return [name, value];
      const file = path.join(folder, name);
      writeFileSync(file, `the content of ${name}`);
      return [name, file];
    });
    const { temporal } = loadConfig(Object.fromEntries(files) as Record<string, string>, null);
    const target = temporalTarget(temporal, null);
    expect(target).toMatchObject({ address: 'trading.a1b2c.tmprl.cloud:7233', namespace: 'trading.a1b2c' });
    const pair = target?.connection.tls;
    const certificate = typeof pair === 'object' ? pair?.clientCertPair : undefined;
    const textOf = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
    expect(textOf(certificate?.crt)).toBe('the content of TEMPORAL_TLS_CLIENT_CERT_PATH');
    expect(textOf(certificate?.key)).toBe('the content of TEMPORAL_TLS_CLIENT_KEY_PATH');
  });

  test('names every search attribute that there is, with its type', () => {
    const named = [...text.matchAll(/--search-attribute "(\w+)=(\w+)"/g)].map(([, name, type]) => [
      name,
      type,
    ]);
    expect(Object.fromEntries(named)).toEqual(searchAttributes);
  });
});
