import type { Client } from '@temporalio/client';
import { applySchedules, type AppliedSchedule } from '../../schedules/apply.ts';
import type { ScheduleDeclaration } from '../../schedules/declaration.ts';
import { declarations } from '../../schedules/index.ts';
import type { Config } from '../config.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import type { Flow } from '../temporal/names.ts';

/** Makes the server's schedules, or the one of a flow, what is declared. */
export async function applyDeclared(
  client: Client,
  { market, polygon, taskQueues }: Config,
  flow: Flow | null = null,
): Promise<readonly AppliedSchedule[]> {
  await registerSearchAttributes(client);
  const keyless = market === 'live' && polygon.apiKey === null;
  const holdBack = ({ provider }: ScheduleDeclaration) =>
    provider === 'polygon' && keyless ? 'POLYGON_API_KEY is not set on the live market' : null;
  const chosen = declarations.filter((declaration) => flow === null || declaration.flow === flow);
  return applySchedules(client, { declarations: chosen, taskQueues, holdBack });
}
