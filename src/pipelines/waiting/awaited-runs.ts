import type { SessionDate } from '../../domain/session.ts';
import { sources, type SourceName } from '../../domain/source.ts';
import { dailyBarsFlow, flows, type FlowName } from '../../flows/index.ts';
import { syncCorporateActions } from '../../flows/side-flows.ts';
import type { Database } from '../../store/database.ts';
import { readWatched } from '../../store/instruments.ts';
import { keptPauses } from '../../store/schedule-pauses.ts';
import { descendantsOf, hasRunBefore, ingestionOf, validationOf } from '../../store/session-runs.ts';
import { finished, progressOfRun, progressOfAll, type Progress } from './progress.ts';

/** How far the scheduled ingestion of a session's daily bars of a source is. */
export async function barsProgress(
  db: Database,
  source: SourceName,
  session: SessionDate,
): Promise<Progress> {
  const flow = dailyBarsFlow[source];
  const run = await ingestionOf(db, flow, session);
  return run === null ? noRun(db, flow, session) : progressOfRun(run);
}

/**
 * The same with what follows it: corporate actions, and series fetched again. A source that nobody is watched at is waited
 * for by nobody.
 */
export async function wholeIngestionProgress(
  db: Database,
  source: SourceName,
  session: SessionDate,
): Promise<Progress> {
  if (sources[source].universe === 'watched' && (await readWatched(db)).length === 0) return finished;
  const flow = dailyBarsFlow[source];
  const run = await ingestionOf(db, flow, session);
  if (run === null) return noRunYet(db, flow, session);
  const ingestion = progressOfRun(run);
  return ingestion.state === 'finished' ? afterIngestion(db, flow, run.runId) : ingestion;
}

async function afterIngestion(db: Database, flow: FlowName, runId: string): Promise<Progress> {
  const after = await descendantsOf(db, runId);
  const syncs = flows[flow].policy.actions === 'sync';
  const begun = after.some((run) => run.flow === syncCorporateActions.name);
  const toCome: Progress = { state: 'awaited', lacks: 'corporate actions have not been asked for' };
  return progressOfAll([...(syncs && !begun ? [toCome] : []), ...after.map(progressOfRun)]);
}

/** How far the scheduled validation of a session is. */
export async function validationProgress(db: Database, session: SessionDate): Promise<Progress> {
  const run = await validationOf(db, session);
  return run === null ? noRunYet(db, 'market-data-validation', session) : progressOfRun(run);
}

/** What has not run for days is not brought here, as where a source has no key: nobody waits for it. */
async function noRunYet(db: Database, flow: FlowName, session: SessionDate): Promise<Progress> {
  return (await hasRunBefore(db, flow, session)) ? noRun(db, flow, session) : finished;
}

/** What a person has paused does not come by itself. */
async function noRun(db: Database, flow: FlowName, session: SessionDate): Promise<Progress> {
  const lacks = `no run of ${flow} for ${session}`;
  const isPaused = (await keptPauses(db)).has(flow);
  return isPaused ? { state: 'given_up', lacks: `${lacks}: it is paused` } : { state: 'awaited', lacks };
}
