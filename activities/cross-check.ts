import { Context } from '@temporalio/activity';
import { barsOf } from '../src/domain/bar-columns.ts';
import { sameBar } from '../src/domain/bar.ts';
import { ProviderError } from '../src/domain/provider-errors.ts';
import type { SeriesProvider } from '../src/providers/provider.ts';
import { sampleMarketDayBars, type SampledBar } from '../src/store/cross-check.ts';
import type { Store } from '../src/store/database.ts';
import { addRunEvents, type RunEvent } from '../src/store/run-events.ts';
import { countRequests, readRunSessions } from '../src/store/runs.ts';
import { attempt } from '../src/pipelines/sources/attempt.ts';
import type { IngestionRun } from '../src/runs/ingestion-request.ts';
import type { Sources } from '../src/pipelines/sources/sources.ts';

/** Cells a night that are asked through the other endpoint. */
export const sampleSize = 50;

export function createCrossCheckActivities({
  store,
  sources,
}: {
  readonly store: Store;
  readonly sources: Sources;
}) {
  async function compare(
    provider: SeriesProvider,
    cell: SampledBar,
    signal: AbortSignal,
    onRequest: () => void,
  ): Promise<RunEvent | null> {
    const range = { from: cell.bar.session, to: cell.bar.session };
    const answer = await attempt(() =>
      provider.series(cell.symbol, { interval: '1d', range }, { signal, onRequest }),
    );
    const { symbol, bar } = cell;
    if (answer instanceof ProviderError) {
      return {
        level: 'warn',
        symbol,
        message: `could not be compared: ${answer.message}`,
        data: { kind: answer.name },
      };
    }
    const [other = null] = barsOf(answer.bars);
    if (other !== null && sameBar(bar, other)) return null;
    const message = `the per-symbol and the whole-market answer for ${bar.session} differ`;
    return {
      level: 'warn',
      symbol,
      message,
      data: { kind: 'EndpointsDiffer', marketDay: bar, series: other },
    };
  }

  return {
    /** Asks a sample of what whole-market answers brought once more per symbol; what differs goes to the run's events. */
    async crossCheck({ runId, request }: IngestionRun): Promise<void> {
      const { source } = request;
      const provider = sources[source].series;
      const { sessions } = await readRunSessions(store.db, runId);
      const { cancellationSignal: signal } = Context.current();
      const cells = await sampleMarketDayBars(store.db, {
        source,
        sessions,
        runId,
        count: sampleSize,
      });
      let requests = 0;
      const events: RunEvent[] = [];
      for (const cell of cells) {
        const event = await compare(provider, cell, signal, () => (requests += 1));
        if (event !== null) events.push(event);
      }
      await countRequests(store.db, runId, { requests });
      const summary: RunEvent = {
        level: 'info',
        message: `${cells.length} cells compared between the endpoints, ${events.length} of them differ or failed`,
      };
      await addRunEvents(store.db, runId, [...events, summary]);
    },
  };
}

export type CrossCheckActivities = ReturnType<typeof createCrossCheckActivities>;
