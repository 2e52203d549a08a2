import type { Client } from '@temporalio/client';
import { lastEvents } from './last-events.ts';

/** A request to cancel is heard at once: few events have come since. */
const eventsSince = 50;

/** Who has asked to cancel an execution, by the identity of his client; null where its history does not say. */
export async function cancelIdentity(
  client: Client,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<string | null> {
  const events = await lastEvents(client, execution, eventsSince);
  const identities = events.flatMap(
    ({ workflowExecutionCancelRequestedEventAttributes: asked }) => asked?.identity ?? [],
  );
  return identities.find((identity) => identity !== '') ?? null;
}
