import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { generatedMarket } from '../../src/simulator/market/generated-market.ts';
import type { MarketSource } from '../../src/simulator/market/market-source.ts';
import type { ScriptedAction } from '../../src/simulator/market/scripted-actions.ts';
import type { ScriptedLife } from '../../src/simulator/market/scripted-life.ts';
import { keepTimeOf } from './market-clocks.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';

/** A simulated market with a clock that stands where a test puts it. */
export interface TestMarket extends Simulator {
  /** ISO 8601. */
  setClock(instant: string): void;
}

export async function startTestMarket(options: {
  readonly clock: string;
  readonly symbols?: number;
  readonly source?: MarketSource;
  readonly apiKey?: string;
  readonly actions?: readonly ScriptedAction[];
  readonly lives?: readonly ScriptedLife[];
}): Promise<TestMarket> {
  let now = new Date(options.clock);
  const source =
    options.source ??
    generatedMarket({ symbols: options.symbols ?? 300, seed: 7, calendar: { sessionsBetween } });
  const { apiKey, actions, lives } = options;
  const simulator = await startSimulator({
    source,
    now: () => now,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(actions === undefined ? {} : { actions }),
    ...(lives === undefined ? {} : { lives }),
  });
  keepTimeOf(simulator.url, () => now);
  return {
    ...simulator,
    setClock: (instant) => (now = new Date(instant)),
  };
}
