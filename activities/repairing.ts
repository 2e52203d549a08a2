import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { FollowingRun } from '../src/flows/following-run.ts';
import { reaskGaps } from '../src/flows/gap-flows.ts';
import { repairOutcome } from '../src/pipelines/gaps/assess-repair.ts';
import { closeRepaired, tellOfGaps } from '../src/pipelines/gaps/gap-findings.ts';
import { readGaps, repairPlanOf } from '../src/pipelines/gaps/plan-repair.ts';
import { gapsOf, SymbolsNotMeant } from '../src/pipelines/gaps/wished-gaps.ts';
import { presentCells, type CellsBefore, type RepairOutcome } from '../src/runs/repair-summary.ts';
import { workflowIdOf } from '../src/runs/run-identity.ts';
import type { Run } from '../src/runs/run.ts';
import type { RepairRequest } from '../src/runs/side-requests.ts';
import type { Store } from '../src/store/database.ts';
import { addRunEvents } from '../src/store/run-events.ts';

type RepairRun = Run<RepairRequest>;

/** What a round of a repair asks, and under which id what remains of it is asked again. */
export interface PlannedRound {
  readonly before: CellsBefore;
  readonly runs: readonly FollowingRun[];
  readonly againId: string;
}

export function createRepairingActivities({ store }: { readonly store: Store }) {
  const wishOf = (request: RepairRequest, at: string) => gapsOf(store.db, request, at).catch(forGood);

  return {
    /** Plans the runs that ask for what lacks at an instant, ISO 8601; what people were told of others is closed. */
    async planRepairRound({ runId, request }: RepairRun, at: string): Promise<PlannedRound> {
      const wish = await wishOf(request, at);
      const gaps = await readGaps(store.db, wish);
      await closeRepaired(store, runId, { ...gaps, range: request.range });
      const { missing, cells, runs } = await repairPlanOf(store.db, wish, gaps);
      const message = `${missing} of ${cells.expected} cells lack and may be had: ${runs.length} runs ask for them`;
      await addRunEvents(store.db, runId, [{ level: 'info', message }]);
      return { before: { missing, present: presentCells(cells) }, runs, againId: againIdOf(request) };
    },

    /** Says what has become of what lacked. */
    async assessRepair(
      { runId, request }: RepairRun,
      at: string,
      before: CellsBefore,
    ): Promise<RepairOutcome> {
      const gaps = await readGaps(store.db, await wishOf(request, at));
      await closeRepaired(store, runId, { ...gaps, range: request.range });
      const outcome = repairOutcome(before, gaps);
      const { missing, came, explained, remains } = outcome;
      const message = `of ${missing} cells ${came} have come, ${explained} lack for a reason, ${remains} remain`;
      await addRunEvents(store.db, runId, [{ level: 'info', message, data: outcome }]);
      return outcome;
    },

    /** Tells people of what still lacks, a finding a gap; returns how many there are. */
    async tellGaps({ runId, request }: RepairRun, at: string): Promise<number> {
      const gaps = await readGaps(store.db, await wishOf(request, at));
      const told = await tellOfGaps(store, runId, { ...gaps, range: request.range });
      const message = `people are told of ${told} gaps: barwright quality --status open`;
      await addRunEvents(store.db, runId, [{ level: told > 0 ? 'warn' : 'info', message }]);
      return told;
    },

    /** Whether a workflow, that somebody else has started, goes on. */
    async isUnderWay(workflowId: string): Promise<boolean> {
      try {
        const { status } = await Context.current().client.workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

export type RepairingActivities = ReturnType<typeof createRepairingActivities>;

/** Of the same wish one asks again at a time, whenever it was wished. */
function againIdOf({ symbols, range, againAfterSeconds }: RepairRequest): string {
  const span = range ?? { from: 'all', to: 'all' };
  return workflowIdOf({ flow: reaskGaps.name, span, others: { symbols, againAfterSeconds } });
}

function forGood(error: unknown): never {
  if (!(error instanceof SymbolsNotMeant)) throw error;
  throw ApplicationFailure.nonRetryable(error.message, error.name);
}
