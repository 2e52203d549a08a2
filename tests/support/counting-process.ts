import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/log.ts';
import { installRuntime } from '../../workers/install-runtime.ts';

/** Counts as a worker does, and says where that can be read, until its parent ends it. */
const { meter, metricsAddress } = await installRuntime({
  config: loadConfig(process.env, null),
  logger: createLogger({ level: 'info', name: 'counting' }),
  place: 0,
  exportEveryMs: 100,
});
meter.count('rowsRead', 5, { provider: 'polygon', interval: '1d' });
process.once('disconnect', () => process.exit());
process.send?.({ metricsAddress });
