import { WorkflowFailedError } from '@temporalio/client';
import type { syncUniverse } from '../../workflows/sync-universe.ts';
import { listsNeverRead } from '../operations/preview-plan.ts';
import type { IngestionRequest } from '../runs/ingestion-request.ts';
import type { Database } from '../store/database.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { workFace } from '../temporal/names.ts';
import { withWorkers } from './context.ts';
import { UsageError } from './errors.ts';
import { note } from './output.ts';
import { rootMessage } from './run-flow.ts';

/**
 * Has the lists of instruments read that a request needs and that this database has never had, and says so. Throws as
 * `withWorkers` does, and `UsageError` where the source does not give them.
 */
export async function learnReference(db: Database, request: IngestionRequest): Promise<void> {
  const lists = await listsNeverRead(db, request);
  if (lists.length === 0) return;
  const { source } = request;
  const named = lists.join(' and ');
  note(`this database has no list of instruments yet: asks ${source} for the ${named} ones first`);
  await withWorkers('data-ingestion', source, async ({ client, config }) => {
    try {
      await client.workflow.execute<typeof syncUniverse>('syncUniverse', {
        workflowId: `sync-universe/${source}/${lists.join('-')}`,
        taskQueue: config.taskQueues['data-ingestion'],
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ source, lists }],
        ...workFace(
          { name: 'sync-universe', pool: 'data-ingestion', subject: source },
          `reads the ${named} instruments of ${source}`,
          clientIdentity(),
        ),
      });
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      throw new UsageError(
        `the list of instruments could not be read: ${rootMessage(error)}`,
        'try again, or name symbols: --symbols AAPL,MSFT',
      );
    }
  });
}
