import { canBeAsked, keyFingerprint, settingsOfSource, type Config } from '../config.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import type { Pool } from '../flows/pools.ts';
import type { Endpoints } from '../runtime/endpoints.ts';
import type { RuntimeState } from '../runtime/state.ts';
import type { WorkerRecord } from '../store/workers.ts';
import { EnvironmentDiffers, NotRunning } from './refusals.ts';
import { setting } from '../setting.ts';

/** Why a source cannot be asked. */
export function keylessReason(source: SourceName): string {
  return `${settingsOfSource[source].apiKey ?? 'a key'} is not set on the live market`;
}

/** Throws `NotRunning` where a source needs a key that is not set. */
export function requireSource(config: Config, source: SourceName): void {
  if (canBeAsked(config, source)) return;
  const missing = new NotRunning(`a pipeline that asks ${source} needs a key: ${keylessReason(source)}`);
  const key = settingsOfSource[source].apiKey ?? 'a key';
  throw Object.assign(missing, { remedy: `set ${key}, or ${setting('MARKET')}=simulated` });
}

/** Throws `EnvironmentDiffers` where the embedded database that runs is that of the other market. */
export function requireSameMarket(config: Config, state: RuntimeState | null): void {
  if (config.database.external !== null || state === null || state.market === config.market) return;
  throw new EnvironmentDiffers(
    `what runs here is the ${state.market} market, this command means the ${config.market} one`,
  );
}

const keySettings = sourceNames.flatMap((source) => settingsOfSource[source].apiKey ?? []);

/** Throws `NotRunning` without a worker, and `EnvironmentDiffers` where one has other settings than this command. */
export function requireSameSettings(
  { config, endpoints }: { readonly config: Config; readonly endpoints: Endpoints },
  workers: readonly WorkerRecord[],
  pool: Pool,
): void {
  if (workers.length === 0) throw new NotRunning(`no worker of the pool ${pool} runs`);
  for (const { market, baseUrls, keyFingerprint: keys } of workers) {
    const differing = [
      market === config.market ? [] : [`${setting('MARKET')} (${market}, here ${config.market})`],
      ...sourceNames.map((source) => {
        const [theirs, ours] = [baseUrls[source] ?? '', endpoints.baseUrls[source] ?? ''];
        const setting = settingsOfSource[source].baseUrl;
        return theirs === ours ? [] : [`${setting} (${theirs || 'none'}, here ${ours || 'none'})`];
      }),
      keys === keyFingerprint(config) ? [] : keySettings,
    ].flat();
    if (differing.length > 0)
      throw new EnvironmentDiffers(`the workers run with another ${differing.join(', ')}`);
  }
}
