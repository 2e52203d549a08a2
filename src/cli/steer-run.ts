import { steerRun, type Order } from '../operations/steer-run.ts';
import { clientIdentity } from '../temporal/connection.ts';
import { withWorkers } from './context.ts';
import { note, printJson } from './output.ts';
import type { JsonOption } from './shared-options.ts';

const patienceMs = 3_000;

/** Tells a run what a person wants of it, and says when it is done, or what it waits for. */
export async function orderRun(id: string, order: Order, { json }: JsonOption): Promise<void> {
  await withWorkers('data-ingestion', null, async ({ client, config, store: { db } }) => {
    const stillWaiting = setTimeout(
      () => note(`${id}: ${order.verb} is heard; waits for what is under way to end`),
      patienceMs,
    );
    try {
      const { workflowId, waitsFor } = await steerRun({ client, db, by: clientIdentity() }, id, order);
      const { verb } = order;
      if (json)
        printJson(
          waitsFor === null ? { workflowId, done: verb } : { workflowId, heard: verb, waitsFor },
          config.market,
        );
      else
        note(
          `${workflowId}: ${waitsFor === null ? `${verb} is done` : `${verb} is heard; waits for ${waitsFor}`}`,
        );
    } finally {
      clearTimeout(stillWaiting);
    }
  });
}
