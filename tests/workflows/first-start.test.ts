import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { applySchedules } from '../../schedules/apply.ts';
import { declarations } from '../../schedules/index.ts';
import { errorReport } from '../../src/cli/errors.ts';
import { searchAttributes } from '../../src/temporal/names.ts';
import type { Patience } from '../../src/temporal/unmapped-attributes.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';

let connection: Connection;
beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
});
afterAll(() => connection.close());

/** A client of a namespace that was made this moment, as a server of somebody else's has it. */
async function freshNamespace(): Promise<Client> {
  const namespace = `first-${randomUUID()}`;
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  const client = new Client({ connection, namespace });
  // The server itself takes a moment until it knows a new namespace.
  await expect.poll(() => client.workflow.count(), { timeout: 60_000 }).toBeDefined();
  return client;
}

const apply = (client: Client, patience: Patience = {}) =>
  applySchedules(client, {
    patience,
    declarations,
    taskQueues: { 'data-ingestion': 'a', analytics: 'b', maintenance: 'c' },
    holdBack: () => null,
    kept: new Map(),
  });

describe('the first start against a server that knows nothing of us', () => {
  test('adds the search attributes, and schedules can be made at once', async () => {
    const client = await freshNamespace();
    await registerSearchAttributes(client);
    const applied = await apply(client);
    expect(applied.map(({ change }) => change)).toEqual(declarations.map(() => 'created'));
    await registerSearchAttributes(client);
    expect((await apply(client)).map(({ change }) => change)).toEqual(declarations.map(() => 'unchanged'));
  });

  test('goes well however many processes do it at once', async () => {
    const client = await freshNamespace();
    await Promise.all([1, 2, 3, 4].map(() => registerSearchAttributes(client)));
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: client.options.namespace,
    });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
  });

  test('says which attributes lack, why, and by which command somebody may add them', async () => {
    const client = await freshNamespace();
    const { namespace } = client.options;
    // A namespace has room for so many of one kind.
    const others = Object.fromEntries(Array.from({ length: 10 }, (_, place) => [`Other${place}`, 2]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: others });
    const refused = registerSearchAttributes(client, { deadlineMs: 0 });
    await expect(refused).rejects.toMatchObject({
      name: 'SearchAttributesMissing',
      message: expect.stringMatching(
        `^the namespace ${namespace} lacks the search attributes .*Pipeline.*: \\S`,
      ) as string,
      remedy: expect.stringMatching(
        `temporal operator search-attribute create .*--name Pipeline --type Keyword.* --namespace ${namespace} --address \\S+$`,
      ) as string,
    });
  });

  test('schedules that a server refuses say which, and its reason', async () => {
    const client = await freshNamespace();
    const told = await apply(client, { deadlineMs: 0 }).catch(errorReport);
    expect(told).toMatchObject({
      kind: 'ScheduleRefused',
      message: expect.stringMatching(
        `^the schedule ${declarations[0]?.flow ?? ''}: Failed to create schedule: .*${client.options.namespace}.* search attribute (Pipeline|Provider|Tags)`,
      ) as string,
    });
  });
});
