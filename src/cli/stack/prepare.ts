import { endpointsOf } from '../../runtime/endpoints.ts';
import { claimMarket } from '../../store/installation.ts';
import { migrate } from '../../store/migrate.ts';
import { wakeLedgerKeeper } from '../../temporal/ledger-keeper.ts';
import { applyDeclared } from '../apply-schedules.ts';
import { onDatabase, onTemporal, requireDatabaseUrl, requireTemporalTarget } from '../connections.ts';
import type { Keeping } from './keeping.ts';

/** Brings the schema up to date, and makes the database that of this market; throws `MarketMismatch`. */
export async function prepareDatabase({ config, state, report }: Keeping): Promise<void> {
  await onDatabase(requireDatabaseUrl(endpointsOf(config, state)), 'up', async ({ db }) => {
    const applied = await migrate(db);
    if (applied.length > 0) report(`database: applied ${applied.join(', ')}`);
    await claimMarket(db, config.market);
  });
}

/** Makes the server's schedules what is declared, once the database is prepared. */
export async function prepareTemporal({ config, state, report }: Keeping): Promise<void> {
  const endpoints = endpointsOf(config, state);
  await onDatabase(requireDatabaseUrl(endpoints), 'up', ({ db }) =>
    onTemporal(requireTemporalTarget(config, endpoints), async (client) => {
      for (const { id, change, paused, note } of await applyDeclared({ client, db }, config)) {
        if (change !== 'unchanged' || paused)
          report(`schedule ${id}: ${change}${paused ? `, paused: ${note}` : ''}`);
      }
    }),
  );
}

/** The same of a server that was started anew, whatever it has lost: what the ledger knows of it is looked over as well. */
export async function restoreTemporal(keeping: Keeping): Promise<void> {
  const { config, state } = keeping;
  await prepareTemporal(keeping);
  await onTemporal(requireTemporalTarget(config, endpointsOf(config, state)), (client) =>
    wakeLedgerKeeper(client, config.taskQueues.maintenance),
  );
}
