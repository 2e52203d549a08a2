import { loadConfig } from '../config.ts';
import { requireFinding } from '../operations/require-finding.ts';
import { correctionsOfFinding } from '../store/corrections.ts';
import { eventsOfFinding, type FindingEvent, type StoredFinding } from '../store/read-findings.ts';
import { withStore } from './context.ts';
import { printJson, printTable } from './output.ts';
import { parseId } from './parameters.ts';
import type { JsonOption } from './shared-options.ts';
import { chosenColumns, type Column, type TableOptions } from './table/column.ts';
import { factColumns, factsOf } from './table/facts.ts';
import { shortRunId, spanText } from './table/run-texts.ts';
import { wallClock } from '../operations/wall-clock.ts';

/** Prints one finding with its evidence, and what became of it; throws `FindingRefuses` where there is no such finding. */
export async function inspectFinding(
  typed: string,
  { json, ...options }: JsonOption & TableOptions,
): Promise<void> {
  const id = parseId('finding', typed);
  const { displayTimeZone: zone } = loadConfig();
  const columns = eventColumns(zone);
  const choice = chosenColumns(columns, options);
  await withStore(async ({ store: { db }, config: { market } }) => {
    const finding = await requireFinding(db, id);
    const events = await eventsOfFinding(db, id);
    const corrections = await correctionsOfFinding(db, id);
    if (json) {
      printJson({ ...finding, corrections, events }, market);
      return;
    }
    const title = `finding ${id}: ${finding.rule}, ${finding.severity}, ${finding.status}`;
    const corrected = corrections.map(
      ({ field, observed, value, person }) => `${field} ${observed} is ${value} (${person})`,
    );
    const rows = factsOf({ ...knownOf(finding), ...(corrected.length > 0 && { corrected }) });
    printTable({ title, market, columns: factColumns, rows }, choice === 'all' ? choice : 'fitting');
    const became = `what became of it; times of ${zone}`;
    printTable({ title: became, market, columns, rows: events, follows: true }, choice);
  });
}

function knownOf({ symbol, source, interval, from, to, reason, evidence }: StoredFinding): object {
  return { symbol, source, interval, sessions: spanText({ from, to }), why: reason, evidence };
}

function eventColumns(zone: string): readonly Column<FindingEvent>[] {
  const { second } = wallClock(zone);
  return [
    { name: 'when', cell: ({ at }) => second(at) },
    { name: 'what', cell: ({ event }) => event },
    {
      name: 'by whom',
      cell: ({ person, runId }) => person ?? (runId === null ? null : `run ${shortRunId(runId)}`),
    },
    { name: 'why', cell: ({ reason }) => reason, least: 16 },
    { name: 'severity', cell: ({ severity }) => severity, rank: 3 },
    { name: 'evidence', cell: ({ evidence }) => JSON.stringify(evidence), rank: 2, least: 20 },
  ];
}
