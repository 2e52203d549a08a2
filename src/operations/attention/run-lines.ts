import type { EndedFlowRun, FlowRuns } from '../../store/flow-runs.ts';
import type { Attention, AttentionFacts } from './attention.ts';

/** Whether nothing since has made good what a run failed in. */
export function isTroubled({ status, isFollowed, unmended }: EndedFlowRun): boolean {
  return unmended > 0 || ((status === 'failed' || status === 'terminated') && !isFollowed);
}

/** Runs that ended with failures which nothing has made good, that went on without something, or that a person has paused. */
export function runLines({ runs }: AttentionFacts): readonly Attention[] {
  return (runs ?? []).flatMap(({ flow, open, ended }) => [
    ...ended.filter(isTroubled).map((run) => failedLine(flow, run)),
    ...ended.slice(0, 1).flatMap((run) => (run.wentOnWithout === null ? [] : [withoutLine(flow, run)])),
    ...open.filter(({ status }) => status === 'paused').map((run) => pausedLine(flow, run)),
  ]);
}

function placeOf({ workflowId, runId }: Pick<EndedFlowRun, 'workflowId' | 'runId'>): Attention['place'] {
  return { page: 'run', query: { workflowId, runId } };
}

function failedLine(flow: string, run: EndedFlowRun): Attention {
  const { status, closedAt, unmended, runId } = run;
  const what =
    unmended > 0
      ? `${unmended === 1 ? '1 load' : `${unmended} loads`} of ${flow} failed`
      : `${flow} was ${status === 'terminated' ? 'terminated' : 'ended by an error'}`;
  return {
    ...{ urgency: 'bad', kind: 'Failed', since: closedAt, what, where: flow, place: placeOf(run) },
    cells: unmended > 0 ? unmended : null,
    ...{ next: 'see why, then run it again', command: `barwright runs inspect ${runId.slice(-12)}` },
  };
}

function withoutLine(flow: string, run: EndedFlowRun): Attention {
  return {
    ...{ urgency: 'warn', kind: 'Went on without', since: run.closedAt, where: flow, place: placeOf(run) },
    what: `${flow} did not wait any longer: ${run.wentOnWithout ?? ''}`,
    ...{ cells: null, next: 'run it again once that is there', command: `barwright run ${flow}` },
  };
}

function pausedLine(flow: string, run: FlowRuns['open'][number]): Attention {
  const left = run.loads - run.done;
  return {
    ...{ urgency: 'warn', kind: 'Paused', since: run.startedAt, what: `${flow} was paused`, where: flow },
    place: placeOf(run),
    cells: left,
    ...{ next: 'resume it', command: `barwright runs resume ${run.runId.slice(-12)}` },
  };
}
