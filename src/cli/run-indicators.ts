import { indicatorsFlow, indicatorsIdOf, windowOf, type IndicatorsRequest } from '../runs/indicators-run.ts';
import { lastClosedSession } from '../calendar/exchange-calendar.ts';
import { isCalendarDate } from '../domain/date-range.ts';
import type { IndicatorsSummary } from '../runs/indicators-summary.ts';
import { poolOf } from '../temporal/names.ts';
import { openOperating, type Operating } from './context.ts';
import { UsageError } from './errors.ts';
import { note, printJson, printSummary } from './output.ts';
import { parseChoice, parseCount, parseRange, parseSymbols, type RangeOptions } from './parameters.ts';
import {
  awaitSummary,
  marketOf,
  requireUnambiguous,
  startOnce,
  type RunOptions,
  type StartedRun,
} from './run-flow.ts';

export interface IndicatorsRunOptions extends RunOptions, RangeOptions {
  readonly symbols?: string;
  readonly maxSymbols?: string;
  readonly daysBack?: string;
  readonly calculationDate?: string;
  readonly dataSource?: string;
}

/** Starts the calculation and, unless told not to, waits for its summary; the exit code says how it ended. */
export async function runIndicators(options: IndicatorsRunOptions): Promise<void> {
  const request = indicatorsRequestOf(options, new Date());
  // It asks no provider, so it needs no key.
  const operating = await openOperating(poolOf[indicatorsFlow], 'yahoo');
  try {
    const started = await start(operating, request);
    const { workflowId, runId } = started;
    note(`${started.joined ? 'joined the running' : 'started'} ${workflowId}`);
    if (!options.wait) {
      if (options.json) printJson({ workflowId, runId });
      return;
    }
    const summary = (await awaitSummary(operating, started)) as IndicatorsSummary;
    print(operating, started, { summary, json: options.json === true });
    if (summary.failed > 0) process.exitCode = 1;
  } finally {
    await operating.close();
  }
}

const usualDaysBack = '300';

/** The request that the options mean, now; throws `UsageError`. */
export function indicatorsRequestOf(options: IndicatorsRunOptions, nominal: Date): IndicatorsRequest {
  const { symbols, maxSymbols } = options;
  return {
    nominalTime: nominal.toISOString(),
    ...rowsWished(options, nominal),
    source: parseChoice('--data-source', options.dataSource ?? 'yahoo', ['yahoo', 'polygon']),
    incremental: true,
    ...(symbols === undefined ? {} : { symbols: parseSymbols(symbols) }),
    ...(maxSymbols === undefined ? {} : { maxSymbols: parseCount('--max-symbols', maxSymbols, 1) }),
  };
}

function rowsWished(
  options: IndicatorsRunOptions,
  nominal: Date,
): Pick<IndicatorsRequest, 'sessions' | 'calculationDate'> {
  const { daysBack, calculationDate, from, to, startDate, endDate } = options;
  if ([from, to, startDate, endDate].some((date) => date !== undefined)) {
    if (daysBack !== undefined || calculationDate !== undefined) {
      throw new UsageError(
        'a range and --days-back or --calculation-date contradict each other',
        'give either --start-date and --end-date, or the others',
      );
    }
    const range = parseRange(options);
    return { sessions: { range: { ...range, from: begun('--start-date', range.from, nominal) } } };
  }
  const sessions = { daysBack: parseCount('--days-back', daysBack ?? usualDaysBack, 0) };
  if (calculationDate === undefined) return { sessions };
  if (!isCalendarDate(calculationDate)) {
    throw new UsageError(
      `--calculation-date ${JSON.stringify(calculationDate)} is not a calendar date`,
      'write it as YYYY-MM-DD',
    );
  }
  return { sessions, calculationDate: begun('--calculation-date', calculationDate, nominal) };
}

function begun(option: string, date: string, nominal: Date): string {
  const { session } = lastClosedSession(nominal);
  if (date <= session) return date;
  throw new UsageError(`no session of ${option} ${date} has closed`, `choose ${session} or earlier`);
}

async function start(operating: Operating, request: IndicatorsRequest): Promise<StartedRun> {
  await requireUnambiguous(operating.store, request.symbols ?? []);
  const { session } = windowOf(request);
  return startOnce(operating, {
    flow: indicatorsFlow,
    workflowId: indicatorsIdOf(request),
    request,
    session,
  });
}

function print(
  operating: Operating,
  { workflowId, runId }: StartedRun,
  { summary, json }: { readonly summary: IndicatorsSummary; readonly json: boolean },
): void {
  if (json) {
    printJson({ ...summary, workflowId, runId, ...marketOf(operating) });
    return;
  }
  printSummary(`${workflowId}, up to ${summary.calculationDate}`, operating.config.market, summary);
  if (summary.wentOnWithout !== null) note(`it went on without: ${summary.wentOnWithout}`);
}
