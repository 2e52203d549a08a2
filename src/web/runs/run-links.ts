import { html, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';

/** Ids of a client's own making may hold anything: what would not stay itself in a path is left out of it. */
const plainPart = /^(?!\.{1,2}$)[\w.~@:+=,-]+$/;

/** The page of a run. Its run id says which; what stands before it is for people. */
export function runPath({
  workflowId,
  runId,
}: {
  readonly workflowId: string;
  readonly runId: string;
}): string {
  const parts = workflowId.split('/');
  return `/runs/${parts.every((part) => plainPart.test(part)) ? workflowId : '-'}/${runId}`;
}

/** A run's own page in Temporal's Web UI, as a link; in words where nobody knows where that is. */
export function temporalLink(
  { temporalUi }: Pick<Visit, 'temporalUi'>,
  run: { readonly workflowId: string; readonly runId: string; readonly namespace: string },
): Html {
  const ui = temporalUi();
  if (ui === null) return html`<span class="sub">workflow ${quoted(run.workflowId)}</span>`;
  const [namespace, workflow, id] = [run.namespace, run.workflowId, run.runId].map(encodeURIComponent);
  return html`<a href="${ui}/namespaces/${namespace}/workflows/${workflow}/${id}/history" rel="noreferrer"
    >workflow in Temporal's UI</a
  >`;
}
