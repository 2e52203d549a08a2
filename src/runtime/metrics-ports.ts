import type { Config } from '../config.ts';
import { findPort } from './ports.ts';
import { setting } from '../setting.ts';

/** As an error names it. */
const portSetting = `${setting('METRICS_PORT')} (the first of a block, a port for each worker)`;

/** What `findPort` is asked for the page of metrics of a worker, the first of an installation being 0. */
export function metricsPlace({ ports, metrics }: Config, place: number): Parameters<typeof findPort> {
  const { preferred, strict } = ports.metrics;
  return [{ preferred: preferred + place, strict }, portSetting, metrics.host, setting('METRICS_HOST')];
}

/**
 * Makes sure that as many workers can serve their metrics, before anything is started. Throws `PortTaken` where one of the
 * ports that were set is, and `ForeignAddress`.
 */
export async function requireMetricsPorts(config: Config, workers: number): Promise<void> {
  if (config.metrics.collector !== null) return;
  for (let place = 0; place < workers; place += 1) await findPort(...metricsPlace(config, place));
}
