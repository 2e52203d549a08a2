import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ownEnvironment } from '../../support/command-in-process.ts';

const counting: ChildProcess[] = [];
afterEach(async () => {
  for (const child of counting.splice(0)) {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
});

/** Starts a process that counts; returns the address of its page of metrics, null where it has none. */
async function startCounting(settings: Readonly<Record<string, string>>): Promise<string | null> {
  const env = { ...ownEnvironment(), ...settings };
  const child = fork('tests/support/counting-process.ts', {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  counting.push(child);
  const [{ metricsAddress }] = (await once(child, 'message')) as [{ metricsAddress: string | null }];
  return metricsAddress;
}

test('several processes at once have a page each, whoever has the default port', async () => {
  const addresses = await Promise.all([{}, {}, {}].map(startCounting));
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const address of addresses) {
    const page = await (await fetch(`http://${address}/metrics`)).text();
    expect(page).toContain('barwright_rows_read_total{interval="1d",provider="polygon"} 5');
  }
});

test('with a collector the same metrics are sent there, and no port is opened', async () => {
  const told = Promise.withResolvers<string>();
  const collector = createServer((request, response) => {
    request.setEncoding('latin1');
    let body = '';
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      if (body.includes('barwright_rows_read')) told.resolve(request.url ?? '');
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const address = await startCounting({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  });
  expect(address).toBeNull();
  expect(await told.promise).toBe('/v1/metrics');
  collector.close();
});

test('a collector that does not answer keeps nobody from starting', async () => {
  expect(await startCounting({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).toBeNull();
});
