import { exchangeCalendar } from '../../calendar/exchange-calendar.ts';
import type { FollowingRun } from '../../flows/following-run.ts';
import { requestFrom } from '../../flows/input.ts';
import { marketDataValidation as flow } from '../../flows/market-data-validation.ts';
import { plannedRun } from '../../flows/runs.ts';
import type { IngestionRun } from '../../runs/ingestion-request.ts';
import type { Database } from '../../store/database.ts';
import { readRunSessions } from '../../store/runs.ts';

/** The validation of the sessions that a run has settled: evening volume has moved, up or down, and prices may have. */
export async function judgementOf(db: Database, { runId, request }: IngestionRun): Promise<FollowingRun> {
  const { range } = await readRunSessions(db, runId);
  const { nominalTime, symbols } = request;
  const whose = symbols === undefined ? {} : { symbols };
  const parameters = { nominalTime, startDate: range.from, endDate: range.to, ...whose };
  const { workflowId, sessions } = plannedRun(
    flow,
    requestFrom(flow, parameters, nominalTime),
    exchangeCalendar,
  );
  return { flow: flow.name, workflowId: `${workflowId}/settled`, session: sessions.range.to, parameters };
}
