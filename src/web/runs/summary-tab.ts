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

/** What a summary counts, in the order in which people ask, and which loads that are. */
const counts: Readonly<Record<string, readonly [text: string, status?: string]>> = {
  calculationDate: ['Up to'],
  totalSymbols: ['Symbols'],
  successful: ['Successful', 'success'],
  partial: ['Partial', 'partial'],
  failed: ['Failed', 'failed'],
  totalRecords: ['Bars received'],
  changedRecords: ['Changed'],
  settledRecords: ['Settled'],
};
/** Said elsewhere on the page, or about the lists that the loads are. */
const unsaid = new Set(['requests', 'note', 'wentOnWithout', 'omitted', 'error']);

/** The counts of a summary, whatever flow it is of; each that counts loads leads to them. */
function countsOf(summary: object | null, path: string): readonly PageFact[] {
  const given = Object.entries(summary ?? {}) as readonly (readonly [string, unknown])[];
  const place = (name: string) => (name in counts ? Object.keys(counts).indexOf(name) : Infinity);
  const inOrder = given.toSorted(([one], [other]) => place(one) - place(other) || 0);
  return inOrder.flatMap(([name, value]): readonly PageFact[] => {
    const text = unsaid.has(name) || Array.isArray(value) ? null : textOf(value);
    if (text === null) return [];
    const [word, status] = counts[name] ?? [name];
    const isLink = status !== undefined && value !== 0;
    const loads = html`<a href="${pathWith(path, { tab: 'loads', status: status ?? null })}">${text}</a>`;
    return [[word, isLink ? loads : quoted(text)]];
  });
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return figure(value);
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
