import { sessionsBetween } from '../src/calendar/exchange-calendar.ts';
import { onAbandoned, sayReady } from '../src/runtime/node-child.ts';
import { generatedMarket } from '../src/simulator/market/generated-market.ts';
import { startSimulator } from '../src/simulator/server.ts';

/** The market behind `barwright up` without a key: the same seed always, so that a second start finds the same bars. */
const source = generatedMarket({ symbols: 500, seed: 1, calendar: { sessionsBetween } });
const [port = '0', host] = process.argv.slice(2);
const simulator = await startSimulator({
  source,
  port: Number(port),
  ...(host === undefined ? {} : { host }),
});
const end = () => void simulator.close().then(() => process.exit(0));
process.once('SIGTERM', end);
onAbandoned(end);
sayReady(simulator.url);
