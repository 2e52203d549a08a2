import type { Command } from 'commander';
import type { IngestionRequest, SessionWish } from '../runs/ingestion-run.ts';
import { flows, type Flow } from '../temporal/names.ts';
import { UsageError } from './errors.ts';
import {
  parseBoolean,
  parseChoice,
  parseCount,
  parseRange,
  parseSymbols,
  type RangeOptions,
} from './parameters.ts';
import { runFlow, type RunOptions } from './run-flow.ts';
import { runIndicators } from './run-indicators.ts';

interface FlowOptions extends RunOptions, RangeOptions {
  readonly symbols?: string;
  readonly maxSymbols?: string;
  readonly daysBack?: string;
  readonly sessions?: string;
  readonly incremental?: string;
  readonly interval?: string;
  readonly includeFundamentals?: string | true;
  readonly includeKeyStatistics?: string | true;
  readonly calculationDate?: string;
  readonly dataSource?: string;
}

type IngestionFlow = Exclude<Flow, 'indicators-daily-calculation'>;

const parametersOfFlow: Readonly<Record<Flow, readonly (keyof FlowOptions)[]>> = {
  'polygon-daily-ingestion': ['symbols', 'maxSymbols', 'daysBack', 'incremental'],
  'polygon-settlement': ['sessions', 'symbols', 'maxSymbols'],
  'polygon-historical-backfill': ['symbols', 'maxSymbols', 'startDate', 'endDate', 'from', 'to'],
  'yahoo-market-data-hourly': [
    'symbols',
    'maxSymbols',
    'daysBack',
    'interval',
    'includeFundamentals',
    'includeKeyStatistics',
  ],
  'indicators-daily-calculation': [
    'symbols',
    'maxSymbols',
    'daysBack',
    'calculationDate',
    'startDate',
    'endDate',
    'from',
    'to',
    'dataSource',
  ],
};
const general = ['json', 'wait'];

export function addRunCommand(program: Command): void {
  program
    .command('run <flow>')
    .description(`start a flow and wait for its summary: ${Object.keys(flows).join(', ')}`)
    .option('--symbols <list>', 'symbols separated by commas; without it the universe')
    .option('--max-symbols <count>', 'no more symbols than that')
    .option('--days-back <days>', 'calendar days to look back')
    .option('--sessions <count>', 'how many of the last final sessions to settle')
    .option('--incremental <boolean>', 'false asks again for what is stored')
    .option('--interval <interval>', '1h or 1d, of what Yahoo brings')
    .option('--include-fundamentals [boolean]', 'statements as well, once a day a symbol')
    .option('--include-key-statistics [boolean]', 'key statistics as well, once a day a symbol')
    .option('--calculation-date <date>', 'the last session of indicators; without it the last closed one')
    .option('--data-source <source>', 'whose bars indicators are computed from: yahoo or polygon')
    .option('--start-date <date>', 'first session')
    .option('--end-date <date>', 'last session')
    .option('--from <date>', 'the same as --start-date')
    .option('--to <date>', 'the same as --end-date')
    .option('--no-wait', 'start it and return')
    .option('--json', 'one JSON document')
    .action(async (name: string, options: FlowOptions) => {
      const flow = parseFlow(name);
      refuseForeign(flow, options);
      if (flow === 'indicators-daily-calculation') {
        await runIndicators(options);
        return;
      }
      await runFlow(flow, requestOf(flow, options), options);
    });
}

function parseFlow(name: string): Flow {
  const known = Object.keys(flows) as Flow[];
  const flow = known.find((candidate) => candidate === name);
  if (flow !== undefined) return flow;
  throw new UsageError(`there is no flow ${JSON.stringify(name)}`, `choose from ${known.join(', ')}`);
}

function refuseForeign(flow: Flow, options: FlowOptions): void {
  const known: readonly string[] = [...parametersOfFlow[flow], ...general];
  const foreign = Object.keys(options).filter((name) => !known.includes(name));
  if (foreign.length === 0) return;
  const option = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UsageError(
    `${flow} has no parameter ${foreign.map(option).join(', ')}`,
    `its parameters are ${parametersOfFlow[flow].map(option).join(', ')}`,
  );
}

/** The request that the options mean, now; throws `UsageError`. */
export function requestOf(flow: IngestionFlow, options: FlowOptions): IngestionRequest {
  const nominal = new Date();
  return {
    nominalTime: nominal.toISOString(),
    sessions: sessionsWished(flow, options, nominal),
    incremental:
      flow !== 'polygon-settlement' && parseBoolean('--incremental', options.incremental ?? 'true'),
    ...(options.symbols === undefined ? {} : { symbols: parseSymbols(options.symbols) }),
    ...(options.maxSymbols === undefined
      ? {}
      : { maxSymbols: parseCount('--max-symbols', options.maxSymbols, 1) }),
    ...(flow === 'yahoo-market-data-hourly' ? yahooParameters(options) : {}),
  };
}

function yahooParameters(options: FlowOptions): Partial<IngestionRequest> {
  const flag = (name: string, value: string | true = 'false') =>
    parseBoolean(name, value === true ? 'true' : value);
  return {
    source: 'yahoo',
    interval: parseChoice('--interval', options.interval ?? '1h', ['1h', '1d']),
    revisionSessions: 5,
    includeFundamentals: flag('--include-fundamentals', options.includeFundamentals),
    includeKeyStatistics: flag('--include-key-statistics', options.includeKeyStatistics),
  };
}

/** Two years of days, and as many hours as Yahoo keeps. */
const reachBackDays = { '1h': 728, '1d': 731 } as const;

function sessionsWished(flow: IngestionFlow, options: FlowOptions, nominal: Date): SessionWish {
  switch (flow) {
    case 'polygon-historical-backfill':
      return { range: begun(parseRange(options), nominal) };
    case 'polygon-settlement':
      return { finalSessions: parseCount('--sessions', options.sessions ?? '10', 1) };
    case 'yahoo-market-data-hourly':
      return {
        daysBack: parseCount('--days-back', options.daysBack ?? '1', 0),
        reachBackDays: reachBackDays[options.interval === '1d' ? '1d' : '1h'],
      };
    case 'polygon-daily-ingestion':
      return { daysBack: parseCount('--days-back', options.daysBack ?? '1', 0) };
  }
}

function begun<T extends { readonly from: string }>(range: T, now: Date): T {
  const today = now.toISOString().slice(0, 10);
  if (range.from <= today) return range;
  throw new UsageError(`the range begins in the future: ${range.from}`, `begin at ${today} or earlier`);
}
