import { createServer, type Http2Server } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { onTestFinished, expect, test } from 'vitest';
import { errorReport } from '../../../src/cli/errors.ts';
import {
  registerSearchAttributes,
  SearchAttributesMissing,
} from '../../../src/temporal/search-attributes.ts';

/** What a server answers to a method: its gRPC status and message. */
type Refusals = Readonly<Record<string, readonly [status: number, message: string]>>;

const denied = [7, 'Request unauthorized.'] as const;
const unknown = [3, "invalid query: column name 'Pipeline' is not defined"] as const;

/** A client of a server that refuses everything, as a server of somebody else's may. */
async function refusingServer(refusals: Refusals): Promise<Client> {
  const server: Http2Server = createServer();
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    const [status, message] = refusals[method] ?? [12, `no ${method} here`];
    const answer = { ':status': 200, 'content-type': 'application/grpc' };
    stream.respond(
      { ...answer, 'grpc-status': String(status), 'grpc-message': encodeURI(message) },
      { endStream: true },
    );
    stream.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  onTestFinished(async () => {
    await connection.close();
    server.close();
  });
  return new Client({ connection, namespace: 'trading.a1b2c' });
}

const refused = async (refusals: Refusals) =>
  errorReport(
    await registerSearchAttributes(await refusingServer(refusals), { deadlineMs: 0 }).catch(
      (e: unknown) => e,
    ),
  );

test.each([
  [
    'neither tells what is there nor lets it be added',
    { ListSearchAttributes: denied, AddSearchAttributes: denied },
  ],
  ['has no operator service at all', {}],
])('a server that %s is told from its queries, and the command is named', async (_, refusals) => {
  expect(await refused({ ...refusals, CountWorkflowExecutions: unknown })).toEqual({
    kind: 'SearchAttributesMissing',
    message: expect.stringMatching(
      /^the namespace trading\.a1b2c lacks the search attributes Tags, Pipeline, .*: (Request unauthorized\.|no AddSearchAttributes here)$/,
    ) as string,
    remedy: expect.stringMatching(
      /^have them added, then do this again: temporal operator search-attribute create --name Tags --type KeywordList .*--namespace trading\.a1b2c --address 127\.0\.0\.1:\d+$/,
    ) as string,
  });
});

test('what a server refuses for another reason is not taken for lacking attributes', async () => {
  const nowhere = [5, 'Namespace trading.a1b2c is not found.'] as const;
  const told = await refused({ ListSearchAttributes: denied, CountWorkflowExecutions: nowhere });
  expect(told).toMatchObject({
    message: expect.stringContaining('is not found') as string,
  });
});

test.each([
  'trading.a1b2c.tmprl.cloud:7233',
  'us-east-1.aws.api.temporal.io:7233',
  'eu-west-1.region.tmprl.cloud:7233',
])('at %s the command is that of Temporal Cloud', (address) => {
  const server = { address, namespace: 'trading.a1b2c' };
  expect(new SearchAttributesMissing(['Tags', 'Pipeline'], server, new Error('denied'))).toMatchObject({
    message: 'the namespace trading.a1b2c lacks the search attributes Tags, Pipeline: denied',
    remedy:
      'have them added, then do this again: tcld namespace search-attributes add --namespace trading.a1b2c ' +
      '--search-attribute "Tags=KeywordList" --search-attribute "Pipeline=Keyword"',
  });
});
