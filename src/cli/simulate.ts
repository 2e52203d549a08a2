import { isIPv4 } from 'node:net';
import { Option, type Command } from 'commander';
import { sessionsBetween } from '../calendar/exchange-calendar.ts';
import { loopback } from '../domain/loopback.ts';
import { readFaultScript } from '../simulator/faults/fault-script.ts';
import { folderMarket } from '../simulator/market/folder-market.ts';
import { generatedMarket } from '../simulator/market/generated-market.ts';
import type { MarketSource } from '../simulator/market/market-source.ts';
import { startSimulator } from '../simulator/server.ts';
import { UsageError } from './errors.ts';
import { note, printJson } from './output.ts';
import { parseCount } from './parameters.ts';
import { jsonOption, type JsonOption } from './shared-options.ts';
import { setting } from '../setting.ts';

interface SimulateOptions extends JsonOption {
  readonly port?: string;
  readonly host: string;
  readonly symbols: string;
  readonly seed: string;
  readonly bars?: string;
  readonly faults?: string;
}

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('serve a simulated market in the wire formats of Polygon and Yahoo, until Ctrl-C')
    .option('--port <port>', 'port; without it a free one')
    .addOption(
      new Option('--host <address>', 'address to listen on, 0.0.0.0 for all of this machine').default(
        loopback,
      ),
    )
    .option('--symbols <count>', 'size of the generated market', '500')
    .option('--seed <number>', 'seed of the generated market', '1')
    .option('--bars <folder>', 'serve the CSV bars and events of a folder instead')
    .option('--faults <file>', 'scripted faults, JSON')
    .addOption(jsonOption)
    .action(simulate);
}

async function simulate(options: SimulateOptions): Promise<void> {
  const source = await sourceOf(options);
  const faults = options.faults === undefined ? undefined : await readFaultScript(options.faults);
  const port = options.port === undefined ? 0 : parseCount('--port', options.port, 1);
  const host = parseAddress('--host', options.host);
  const simulator = await startSimulator({ source, port, host, ...(faults === undefined ? {} : { faults }) });
  if (options.json) printJson({ url: simulator.url, port: simulator.port }, 'simulated');
  else process.stdout.write(`SIMULATED market at ${simulator.url}\n`);
  note(
    `use it with ${setting('MARKET')}=live ${setting('POLYGON_BASE_URL')}=${simulator.url} ${setting('POLYGON_API_KEY')}=x ${setting('YAHOO_BASE_URL')}=${simulator.url} barwright up`,
  );
  process.removeAllListeners('SIGINT');
  process.exitCode = await new Promise<number>((resolve) => {
    process.once('SIGINT', () => resolve(130));
    process.once('SIGTERM', () => resolve(0));
    process.once('disconnect', () => resolve(0));
  });
  await simulator.close();
}

async function sourceOf({ bars, symbols, seed }: SimulateOptions): Promise<MarketSource> {
  const calendar = { sessionsBetween };
  if (bars === undefined) {
    return generatedMarket({
      symbols: parseCount('--symbols', symbols, 1),
      seed: parseCount('--seed', seed, 0),
      calendar,
    });
  }
  const market = await folderMarket({ directory: bars, calendar });
  for (const { file, reason } of market.ignored) note(`ignored ${file}: ${reason}`);
  return market;
}

function parseAddress(option: string, text: string): string {
  if (isIPv4(text)) return text;
  throw new UsageError(`${option} ${text} is no IPv4 address`, 'give one of this machine, or 0.0.0.0');
}
