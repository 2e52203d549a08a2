import { steerRun, type Order } from '../operations/steer-run.ts';
import { withWorkers } from './context.ts';
import { note, printJson } from './output.ts';
import type { JsonOption } from './shared-options.ts';

/** Tells a run what a person wants of it, and says so. */
export async function orderRun(id: string, order: Order, { json }: JsonOption): Promise<void> {
  await withWorkers('data-ingestion', null, async ({ client, config, store: { db } }) => {
    const workflowId = await steerRun({ client, db }, id, order);
    if (json) printJson({ workflowId, done: order.verb }, config.market);
    else note(`${workflowId}: ${order.verb} is done`);
  });
}
