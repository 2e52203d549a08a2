import { isFlowName } from '../../flows/index.ts';
import { waitReason } from '../../operations/wait-reason.ts';
import { childrenOfRun, type ChildRun } from '../../store/run-history.ts';
import { html, nothing, quoted, type Html } from '../markup.ts';
import type { Visit } from '../page.ts';
import { figure, panel, shownOr } from '../parts.ts';
import { pathWith } from '../query.ts';
import { factList, type PageFact } from './fact-list.ts';
import { runPath } from './run-links.ts';
import type { ShownRun } from './shown-run.ts';

/** How a run went, what it had done beside, and of one that goes on why it does not move. */
export async function summaryTab(visit: Visit, shown: ShownRun): Promise<Html> {
  const { line, record } = shown;
  const [children, waits] = await Promise.all([
    visit.read((db) => childrenOfRun(db, line.runId)),
    line.closedAt === null ? whyItWaits(visit, shown) : Promise.resolve(nothing),
  ]);
  const { clock } = visit;
  const parent = record.parentRunId;
  const facts: readonly PageFact[] = [
    ['Started', clock.when(line.startedAt)],
    ['Ended', line.closedAt === null ? 'not yet' : clock.when(line.closedAt)],
    ['Asked by', quoted(line.startedBy ?? 'nobody knows')],
    ...(parent === null ? [] : [['For the run', html`<a href="/runs/-/${parent}">${parent}</a>`] as const]),
    ['Requests for bars', figure(line.requests)],
    ['Requests for reference', figure(record.lookups)],
    ...countsOf(record.summary, runPath(line)),
  ];
  return html`${line.error === null ? nothing : html`<p class="trouble" role="note">${quoted(line.error)}</p>`}
  ${line.wentOnWithout === null ? nothing : html`<p class="trouble" role="note">${quoted(line.wentOnWithout)}</p>`}
  ${waits} ${panel({ title: 'Summary' }, factList(facts))}
  ${shownOr(children, (found) => (found.length === 0 ? nothing : besides(found)))}`;
}

const words: Readonly<Record<string, string>> = {
  totalSymbols: 'Symbols',
  successful: 'Successful',
  partial: 'Partial',
  failed: 'Failed',
  totalRecords: 'Bars received',
  changedRecords: 'Changed',
  settledRecords: 'Settled',
  calculationDate: 'Up to',
};
/** By what loads of a summary's count are listed. */
const statuses: Readonly<Record<string, string>> = {
  successful: 'success',
  partial: 'partial',
  failed: 'failed',
};

/** The counts of a summary, whatever flow it is of; each that counts loads leads to them. */
function countsOf(summary: object | null, path: string): readonly PageFact[] {
  return Object.entries(summary ?? {}).flatMap(([name, value]): readonly PageFact[] => {
    // Said already, or lists of what the loads say one by one.
    if (name === 'requests' || name === 'note' || name === 'wentOnWithout' || Array.isArray(value)) return [];
    const text = typeof value === 'number' ? figure(value) : textOf(value);
    if (text === null) return [];
    const status = statuses[name];
    const shown =
      status === undefined || value === 0
        ? quoted(text)
        : html`<a href="${pathWith(path, { tab: 'loads', status })}">${text}</a>`;
    return [[words[name] ?? name, shown]];
  });
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What keeps it; what is away says so by itself. */
async function whyItWaits(visit: Visit, { line }: ShownRun): Promise<Html> {
  const { flow, workflowId, runId } = line;
  if (!isFlowName(flow)) return nothing;
  const found = await visit.ask(async (client) => {
    const run = { workflowId, runId, joined: true };
    const reason = await visit.read((db) =>
      waitReason({ client, db, config: visit.config, baseUrls: visit.baseUrls() }, flow, run),
    );
    return reason.ok ? reason.value : reason.trouble.text;
  });
  return shownOr(found, (reason) =>
    reason === null ? nothing : html`<p class="trouble" role="note">It ${quoted(reason)}</p>`,
  );
}

function besides(children: readonly ChildRun[]): Html {
  const items = children.map(
    (child) => html`<li><a href="${runPath(child)}">${quoted(child.flow)}</a>: ${child.status}</li>`,
  );
  return panel(
    { title: 'Had done beside' },
    html`<ul class="list">
      ${items}
    </ul>`,
  );
}
