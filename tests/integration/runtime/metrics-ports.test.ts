import type { Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { metricsPlace, requireMetricsPorts } from '../../../src/runtime/metrics-ports.ts';
import { findPort } from '../../../src/runtime/ports.ts';
import { listening } from '../../support/listening.ts';

let server: Server;
let taken: number;

beforeEach(async () => {
  ({ server, port: taken } = await listening());
});
afterEach(() => server.close());

const configOf = (settings: Readonly<Record<string, string>>) => loadConfig(settings, null);

test('a block that was set needs all of its ports, and says before anything starts which is taken', async () => {
  const config = configOf({ METRICS_PORT: String(taken - 1) });
  await requireMetricsPorts(config, 1);
  await expect(requireMetricsPorts(config, 2)).rejects.toMatchObject({
    message: `port ${taken} on 127.0.0.1 is taken`,
    remedy:
      'end what listens there, or set METRICS_PORT (the first of a block, a port for each worker) to a free port',
  });
});

test('a default that is taken gives way to a free port', async () => {
  const { ports, ...config } = configOf({});
  const metrics = { preferred: taken, strict: false };
  const own = { ...config, ports: { ...ports, metrics } };
  await requireMetricsPorts(own, 3);
  expect(await findPort(...metricsPlace(own, 0))).not.toBe(taken);
});

test('a block that goes beyond the last port is refused', async () => {
  const config = configOf({ METRICS_PORT: '65535' });
  await expect(requireMetricsPorts(config, 2)).rejects.toMatchObject({
    name: 'PortTaken',
    message: 'port 65536 on 127.0.0.1 is none: the last is 65535',
  });
});

test('a host that is another machine names its own setting', async () => {
  // Kept for documentation: no machine has it.
  const config = configOf({ METRICS_HOST: '192.0.2.1' });
  await expect(requireMetricsPorts(config, 1)).rejects.toMatchObject({
    name: 'ForeignAddress',
    remedy: expect.stringContaining('METRICS_HOST') as string,
  });
});

test('metrics that go to a collector need no port', async () => {
  const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  await requireMetricsPorts(configOf({ METRICS_PORT: String(taken), ...collector }), 1);
});
