import { html, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';
import { panel } from '../parts.ts';
import { factList } from './fact-list.ts';
import type { ShownRun } from './shown-run.ts';

function sessionsOf({ range }: ShownRun['line'], { sessions }: ShownRun['record']): string {
  return range === null ? 'none' : `${sessions.sessions.length}, ${range.from} to ${range.to}`;
}

/** What the run was asked, and by whom. */
export function parametersTab(_visit: Visit, { line, record }: ShownRun): Promise<Html> {
  const parameters = Object.entries(record.parameters).map(
    ([name, value]) => [name, quoted(typeof value === 'string' ? value : JSON.stringify(value))] as const,
  );
  const identity = [
    ['Workflow', html`<code>${quoted(line.workflowId)}</code>`],
    ['Run', html`<code>${line.runId}</code>`],
    ['Namespace', quoted(record.namespace)],
    ['Asked by', quoted(line.startedBy ?? 'nobody knows')],
    ['Sessions', sessionsOf(line, record)],
    ['As command', html`<code>barwright runs inspect ${line.runId}</code>`],
  ] as const;
  return Promise.resolve(
    html`${panel({ title: 'Parameters' }, factList(parameters))}
    ${panel({ title: 'Identity' }, factList(identity))}`,
  );
}
