import { durationText } from '../../operations/figures.ts';
import { runOutcome } from '../../operations/run-outcome.ts';
import type { Database } from '../../store/database.ts';
import { readRunLine, type RunLine } from '../../store/ledger/list-runs.ts';
import { runsMadeGood } from '../../store/ledger/made-good.ts';
import { countParts, readRunRecord, usualSeconds, type RunParts } from '../../store/ledger/read-run.ts';
import { html, nothing, type Html } from '../markup.ts';
import type { Page, Shown, Visit } from '../page.ts';
import { sessionsText } from '../page-clock.ts';
import { counted, figure, shownOr, tag, verdict, refusals } from '../parts.ts';
import { pathWith, queryReader, uuid } from '../query.ts';
import { eventsTab } from '../runs/events-tab.ts';
import { loadsTab } from '../runs/loads-tab.ts';
import { parametersTab } from '../runs/parameters-tab.ts';
import { requestsTab } from '../runs/requests-tab.ts';
import { runPath, temporalLink } from '../runs/run-links.ts';
import type { ShownRun } from '../runs/shown-run.ts';
import { summaryTab } from '../runs/summary-tab.ts';

const tabs = {
  summary: { name: 'Summary', count: () => null, show: summaryTab },
  loads: { name: 'Loads', count: ({ loads }: RunParts) => sum(loads), show: loadsTab },
  requests: { name: 'Requests', count: ({ requests }: RunParts) => requests, show: requestsTab },
  events: { name: 'Events', count: ({ events }: RunParts) => events, show: eventsTab },
  parameters: { name: 'Parameters', count: () => null, show: parametersTab },
} as const;
type Tab = keyof typeof tabs;
const tabNames = Object.keys(tabs) as readonly Tab[];

const sum = (counts: RunParts['loads']) => Object.values(counts).reduce((all, one) => all + one, 0);

/** What one run was asked, and what it did. */
export const run: Page = {
  path: '/runs',
  below: true,
  name: 'Runs',
  async show(visit) {
    const runId = visit.below.at(-1) ?? '';
    // Its id alone says which run it is: a link to one that was called otherwise still leads there.
    if (visit.below.length < 2 || !uuid.test(runId)) return null;
    const read = queryReader(visit.query);
    const tab = tabNames.find((name) => name === read.choice('tab', tabNames)) ?? 'summary';
    const found = await visit.read((db) => readAll(db, runId));
    if (!found.ok) {
      const answer = 'What this run did cannot be told';
      return { title: answer, body: html`${verdict('warn', answer)} ${shownOr(found, () => nothing)}` };
    }
    return found.value === null ? null : shownRun(visit, found.value, tab, read.problems);
  },
};

async function readAll(db: Database, runId: string): Promise<ShownRun | null> {
  const [line, record] = await Promise.all([readRunLine(db, runId), readRunRecord(db, runId)]);
  if (line === undefined || record === undefined) return null;
  const isTroubled = runOutcome(line).tone === 'bad';
  const [parts, usual, good] = await Promise.all([
    countParts(db, runId),
    usualSeconds(db, line.flow),
    runsMadeGood(db, isTroubled ? [runId] : []),
  ]);
  return { line, record, parts, usualSeconds: usual, isMadeGood: good.has(runId) };
}

async function shownRun(
  visit: Visit,
  shown: ShownRun,
  tab: Tab,
  problems: ReadonlyMap<string, string>,
): Promise<Shown> {
  const { line, record, parts, isMadeGood } = shown;
  const { tone, words } = runOutcome(line, isMadeGood);
  const title = line.range === null ? line.flow : `${line.flow}, ${sessionsText(line.range)}`;
  const place = { namespace: record.namespace, workflowId: line.workflowId, runId: line.runId };
  const ended =
    line.closedAt === null
      ? html`since ${visit.clock.when(line.startedAt)}`
      : visit.clock.when(line.closedAt);
  const below = html`${tag(tone, words)} ${ended} · ${figures(visit, shown)} · ${temporalLink(visit, place)}`;
  const body = html`${verdict(tone, title, below)} ${refusals(problems)}
    <nav class="tabs" aria-label="Parts of this run">
      ${tabNames.map((name) => tabLink(line, name, name === tab, tabs[name].count(parts)))}
    </nav>
    ${await tabs[tab].show(visit, shown)}`;
  return { title: `${words}: ${title}`, body, ...(problems.size > 0 ? { status: 400 as const } : {}) };
}

function tabLink(line: RunLine, name: Tab, isHere: boolean, number: number | null): Html {
  const path = pathWith(runPath(line), { tab: name === 'summary' ? null : name });
  return html`<a href="${path}" ${isHere ? html`aria-current="page"` : nothing}
    >${tabs[name].name} ${number === null ? nothing : html`<span class="sub">${figure(number)}</span>`}</a
  >`;
}

/** `10,214 symbols, 37 changed, 10 requests, 5 min 9 s (usual 5 min 2 s)` */
function figures({ now }: Visit, { line, record, usualSeconds: usual }: ShownRun): string {
  const { symbols, changed, requests, startedAt, closedAt } = line;
  const settled = Number(
    (record.summary as { readonly settledRecords?: unknown } | null)?.settledRecords ?? 0,
  );
  const took = durationText((closedAt ?? now).getTime() - startedAt.getTime());
  return [
    counted(symbols, 'symbol'),
    `${figure(changed)} changed`,
    ...(settled > 0 ? [`${figure(settled)} settled`] : []),
    counted(requests, 'request'),
    usual === null ? took : `${took} (usual ${durationText(1000 * usual)})`,
  ].join(', ');
}
