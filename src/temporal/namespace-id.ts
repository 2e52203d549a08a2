import type { Client } from '@temporalio/client';

/** A client, or another connection and the namespace that is meant. */
interface InNamespace {
  readonly workflowService: Pick<Client['workflowService'], 'describeNamespace'>;
  readonly options: { readonly namespace: string };
}

/**
 * What a Temporal server calls the namespace of a client, like no other server does: one whose data were lost has another.
 * Throws where there is no such namespace.
 */
export async function namespaceIdOf({
  workflowService,
  options: { namespace },
}: InNamespace): Promise<string> {
  const { namespaceInfo } = await workflowService.describeNamespace({ namespace });
  if (!namespaceInfo?.id) throw new Error(`Temporal does not say which namespace ${namespace} is`);
  return namespaceInfo.id;
}
