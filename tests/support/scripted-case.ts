import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import type { Adjustment } from '../../src/store/adjusted-bars.ts';
import { readBars } from '../../src/store/adjusted-bars.ts';
import { storedActions } from '../../src/store/corporate-actions.ts';
import type { Interval } from '../../src/domain/interval.ts';
import type { SourceName } from '../../src/domain/source.ts';
import type { FlowName } from '../../src/flows/index.ts';
import type { ScriptedMarket } from './scripted-market.ts';
import { endLab, sharedLab, startLab, type Lab } from './shared-lab.ts';
import type { FlowParameters, TestWorkerOptions } from './test-worker.ts';

type CaseMarket = Partial<Omit<ScriptedMarket, 'polygon'>> & {
  readonly now: string;
  readonly polygon?: Partial<ScriptedMarket['polygon']>;
};

export interface BarsRange {
  readonly from: string;
  readonly to: string;
  readonly adjust?: Adjustment;
  readonly source?: SourceName;
  readonly interval?: Interval;
}

/**
 * Whole runs against a scripted market, on a database with nothing in it. With options the worker and all else is its
 * own, and ends with the test; without, it is what the cases of the file share.
 */
export async function scriptedCase(given: CaseMarket, options?: Partial<TestWorkerOptions>) {
  const polygon = { tickers: [], bars: {}, splits: [], dividends: [], ...given.polygon };
  const market: ScriptedMarket = { charts: {}, ...given, polygon };
  const { store, server, worker } = await (options === undefined
    ? sharedLab(market)
    : ownLab(market, options));

  async function idOf(symbol: string): Promise<number> {
    const { rows } = await sql<{ id: number }>`select id from market.instruments where symbol = ${symbol}
      order by active desc, id desc limit 1`.execute(store.db);
    return rows[0]?.id ?? 0;
  }

  return {
    market,
    store,
    log: server.log,
    worker,
    idOf,
    /** Runs a flow and all that it starts beside; the nominal time is the market's clock unless given. */
    async run(flow: FlowName, parameters: FlowParameters) {
      const done = await worker.run(flow, { nominalTime: market.now, ...parameters });
      await worker.idle();
      return done;
    },
    async bars(symbol: string, { from, to, adjust = 'raw', source = 'polygon', interval = '1d' }: BarsRange) {
      const instrumentId = await idOf(symbol);
      return readBars(store.db, { instrumentId, source, interval, range: { from, to }, adjust });
    },
    actions: async (symbol: string) => storedActions(store.db, [await idOf(symbol)]),
    async rows<Row>(query: string): Promise<readonly Row[]> {
      return (await sql.raw<Row>(query).execute(store.db)).rows;
    },
    async loads(runId: string) {
      const { rows } = await sql<{ symbol: string; status: string; records: number; error: string | null }>`
        select symbol, status, records_count as records, error_kind as error from market.load_runs
        where run_id = ${runId} order by symbol`.execute(store.db);
      return rows;
    },
    async events(runId: string) {
      const { rows } = await sql<{ level: string; symbol: string | null; message: string }>`
        select level, symbol, message from market.run_events where run_id = ${runId} order by id`.execute(
        store.db,
      );
      return rows;
    },
    async findings() {
      const { rows } = await sql<{ rule: string; status: string; evidence: unknown }>`
        select rule, status, evidence from market.quality_findings order by id`.execute(store.db);
      return rows;
    },
  };
}

async function ownLab(market: ScriptedMarket, options: Partial<TestWorkerOptions>): Promise<Lab> {
  const lab = await startLab(() => market, options);
  onTestFinished(() => endLab(lab));
  return lab;
}
