import type { Client } from '@temporalio/client';
import { applySchedules, type AppliedSchedule } from '../../schedules/apply.ts';
import type { ScheduleDeclaration } from '../../schedules/declaration.ts';
import { declarations } from '../../schedules/index.ts';
import { canBeAsked, type Config } from '../config.ts';
import { flows, type FlowName } from '../flows/index.ts';
import type { Database } from '../store/database.ts';
import { keepPauses, keptPauses } from '../store/schedule-pauses.ts';
import { namespaceIdOf } from '../temporal/namespace-id.ts';
import { isPausedByPeople } from '../temporal/paused-schedules.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { keylessReason } from '../operations/same-environment.ts';

/**
 * Makes the server's schedules, or the one of a flow, what is declared: those that it has lost paused where people had
 * paused them.
 */
export async function applyDeclared(
  { client, db }: { readonly client: Client; readonly db: Database },
  config: Config,
  flow: FlowName | null = null,
): Promise<readonly AppliedSchedule[]> {
  await registerSearchAttributes(client);
  const holdBack = ({ flow: name }: ScheduleDeclaration) => {
    const { asks } = flows[name];
    return asks === null || canBeAsked(config, asks) ? null : keylessReason(asks);
  };
  const chosen = declarations.filter((declaration) => flow === null || declaration.flow === flow);
  const kept = await keptPauses(db);
  const wish = { declarations: chosen, taskQueues: config.taskQueues, holdBack, kept };
  const applied = await applySchedules(client, wish);
  const seen = applied.map((state) => ({ ...state, paused: isPausedByPeople(state) }));
  await keepPauses(db, await namespaceIdOf(client), seen);
  return applied;
}
