import { expect, test } from 'vitest';
import { inspectConfig, loadConfig } from '../../../src/config.ts';

const collectorOf = (url: string, more: Readonly<Record<string, string>> = {}) =>
  loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more }, null).metrics.collector;

test('metrics are served on 9464 of this machine alone, unless set', () => {
  const { ports, metrics } = loadConfig({}, null);
  expect(ports.metrics).toEqual({ preferred: 9464, strict: false });
  expect(metrics).toEqual({ host: '127.0.0.1', collector: null });
  const set = loadConfig({ METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' }, null);
  expect(set.ports.metrics).toEqual({ preferred: 9464, strict: true });
  expect(set.metrics.host).toBe('0.0.0.0');
});

test('a collector is spoken to as its port says, or as told', () => {
  expect(collectorOf('http://otel:4317')).toEqual({ url: 'http://otel:4317', protocol: 'grpc' });
  const http = { url: 'http://otel:4318/v1/metrics', protocol: 'http/protobuf' };
  for (const url of ['http://otel:4318', 'http://otel:4318/', 'http://otel:4318/v1/metrics'])
    expect(collectorOf(url)).toEqual(http);
  expect(collectorOf('https://otel.example/v1/metrics')).toMatchObject({ protocol: 'http/protobuf' });
  const told = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  expect(collectorOf('http://otel:4318', told)).toMatchObject({ protocol: 'grpc' });
});

test.each([
  ['METRICS_PORT', ['0', '65536', 'x', '9464.5', '-1']],
  ['METRICS_HOST', ['localhost', '::1', '1.2.3', '127.0.0.1:9464']],
  [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    ['otel:4317', 'ftp://otel', 'http://me:secret@otel:4317', 'http://otel?token=x', 'http://'],
  ],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', ['http', 'http/json']],
])('a wrong %s is named, and nothing starts', (name, values) => {
  for (const value of values) {
    const { reports, config } = inspectConfig({ [name]: value }, null);
    expect(config, value).toBeNull();
    expect(reports.flatMap(({ problem }) => problem ?? [])).toEqual([
      expect.stringMatching(new RegExp(`^${name} must be `)),
    ]);
  }
});
