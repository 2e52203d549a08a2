import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { FlowFace } from '../src/flows/flow.ts';
import { isFlowName } from '../src/flows/index.ts';
import { symbolsInBrief } from '../src/flows/run-title.ts';
import type { AnyRequest, Run } from '../src/runs/run.ts';
import { flowAttributes, outcomeAttribute, runAttributes, type Outcome } from '../src/temporal/names.ts';
import { showDetails } from './details.ts';

/** Figures that every summary of loads has. */
interface Counts {
  readonly totalSymbols: number;
  readonly successful: number;
  readonly partial: number;
  readonly failed: number;
}

/**
 * Makes a run found by its attributes, whoever started it; the session is the last one that it is for. What is done
 * beside another run is found with that one.
 */
export function showRun(flow: FlowFace, { request }: Run<AnyRequest>, session: string): void {
  const { typedSearchAttributes: given } = workflowInfo();
  const subject = ('source' in request ? request.source : null) ?? flow.subject;
  const isBeside = !isFlowName(flow.name);
  const about = { session, symbols: symbolsInBrief(request) };
  const wanted = runAttributes({ ...flow, subject }, about, 'on-demand');
  const lacking = wanted.filter(({ key, value }) => {
    const now = given.get(key);
    // Who started it knows its tags better.
    return isBeside || Array.isArray(value) ? now === undefined : now !== value;
  });
  if (lacking.length > 0) upsertSearchAttributes(lacking);
}

/** Makes a run found that failed, also where it never was opened: of which session nobody can tell then. */
export function showFailed(flow: FlowFace): void {
  const { typedSearchAttributes: given } = workflowInfo();
  const lacking = flowAttributes(flow, 'on-demand').filter(({ key }) => given.get(key) === undefined);
  upsertSearchAttributes([...lacking, outcomeAttribute('failed')]);
}

/** Says how a run ended, in its attributes and in words. */
export function showEnd(summary: unknown): void {
  if (!hasCounts(summary)) {
    showOutcome('ok');
    return;
  }
  const { totalSymbols, successful, partial, failed } = summary;
  const symbols = `${totalSymbols} ${totalSymbols === 1 ? 'symbol' : 'symbols'}`;
  showDetails(`done: ${symbols}, ${successful} successful, ${partial} partial, ${failed} failed`);
  showOutcome(failed > 0 ? 'failed' : partial > 0 ? 'partial' : 'ok');
}

function showOutcome(outcome: Outcome): void {
  upsertSearchAttributes([outcomeAttribute(outcome)]);
}

function hasCounts(summary: unknown): summary is Counts {
  return typeof summary === 'object' && summary !== null && 'failed' in summary && 'partial' in summary;
}
