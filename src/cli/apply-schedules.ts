import type { Client } from '@temporalio/client';
import { applySchedules, type AppliedSchedule } from '../../schedules/apply.ts';
import type { ScheduleDeclaration } from '../../schedules/declaration.ts';
import { declarations } from '../../schedules/index.ts';
import { canBeAsked, type Config } from '../config.ts';
import { flows, type FlowName } from '../flows/index.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { keylessReason } from './same-environment.ts';

/** Makes the server's schedules, or the one of a flow, what is declared. */
export async function applyDeclared(
  client: Client,
  config: Config,
  flow: FlowName | null = null,
): Promise<readonly AppliedSchedule[]> {
  await registerSearchAttributes(client);
  const holdBack = ({ flow: name }: ScheduleDeclaration) => {
    const { asks } = flows[name];
    return asks === null || canBeAsked(config, asks) ? null : keylessReason(asks);
  };
  const chosen = declarations.filter((declaration) => flow === null || declaration.flow === flow);
  return applySchedules(client, { declarations: chosen, taskQueues: config.taskQueues, holdBack });
}
