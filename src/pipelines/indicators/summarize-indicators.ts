import type { SourceName } from '../../domain/source.ts';
import { dailyBarsFlow, flows } from '../../flows/index.ts';
import type { IndicatorsRun } from '../../runs/indicators-request.ts';
import type { IndicatorsSummary } from '../../runs/indicators-summary.ts';
import { whomToName } from '../../runs/next-steps.ts';
import type { RunSummary } from '../../runs/run-summary.ts';
import type { Store } from '../../store/database.ts';
import type { RunEvent } from '../../store/run-events.ts';
import { readRunSessions, summarize } from '../../store/runs.ts';
import { symbolsWithoutBar } from '../../store/session-runs.ts';
import type { SessionWait } from '../waiting/session-wait.ts';

/** What a calculation ends with, as the ledger says it; it went on without the bars that its session has not. */
export async function summarizeIndicators(
  { db }: Store,
  { runId, request }: IndicatorsRun,
  wait: SessionWait,
): Promise<IndicatorsSummary> {
  const counts = await summarize(db, runId);
  const session = (await readRunSessions(db, runId)).range.to;
  const lacking = await symbolsWithoutBar(db, { runId, source: request.source, session });
  const lack = `${lacking} of ${counts.totalSymbols} symbols have no bar of ${session}`;
  const wentOnWithout = wait.wentOnWithout ?? (lacking > 0 ? lack : null);
  const note = nextStep(counts, request.source);
  const ends = { calculationDate: session, waitedFor: wait.waitedFor, wentOnWithout };
  return { ...counts, ...ends, ...(note === null ? {} : { note }) };
}

/** What to do after a calculation that had nobody to compute for, no bars to compute from, or nothing due; null: nothing. */
function nextStep(
  { totalSymbols, failedSymbols, failed, partial, totalRecords }: RunSummary,
  source: SourceName,
) {
  if (totalSymbols === 0) return `no row came: ${whomToName(source)}`;
  const bare = failedSymbols.flatMap(({ symbol, error }) => (error.startsWith(noBars) ? symbol : []));
  if (bare.length > 0) {
    const named = bare.slice(0, namedSymbols).join(',');
    const more = bare.length > namedSymbols ? ' (the others likewise)' : '';
    return `${bare.length} symbols have no daily bars of ${source}: ${barsCommand(source)} ${named}${more} brings some`;
  }
  if (totalRecords > 0 || failed + partial > 0) return null;
  return 'no row was due: all of them are up to date with the stored bars; barwright indicators shows them';
}

const noBars = 'NoBars';
const namedSymbols = 5;

/** The command that brings the daily bars of symbols that are named after it. */
function barsCommand(source: SourceName): string {
  const { name, parameters } = flows[dailyBarsFlow[source]];
  return `barwright run ${name}${'interval' in parameters.shape ? ' --interval 1d' : ''} --symbols`;
}

/** What the protocol of a run says at its end, and what to do next. */
export function endEvents(summary: IndicatorsSummary): readonly RunEvent[] {
  const { note } = summary;
  const end = endEvent(summary);
  return note === undefined ? [end] : [{ level: 'warn', message: note }, end];
}

function endEvent(summary: IndicatorsSummary): RunEvent {
  const { successful, partial, failed, totalRecords, changedRecords } = summary;
  const message =
    `completed: ${successful} successful, ${partial} partial, ${failed} failed, ` +
    `${totalRecords} rows computed, ${changedRecords} changed`;
  return { level: failed > 0 ? 'warn' : 'info', message };
}
