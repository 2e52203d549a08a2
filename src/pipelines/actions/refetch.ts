import { lastClosedSession } from '../../calendar/exchange-calendar.ts';
import type { Interval } from '../../domain/interval.ts';
import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import type { SessionDate } from '../../domain/session.ts';
import type { Database } from '../../store/database.ts';
import { staleSeries } from '../../store/split-basis.ts';
import type { IngestionRequest } from '../../runs/ingestion-run.ts';
import { workflowIdOf } from '../../runs/run-identity.ts';

/** A run that fetches series again under their new split basis. */
export interface Refetch {
  readonly workflowId: string;
  readonly session: SessionDate;
  readonly request: IngestionRequest;
}

/** Yahoo keeps hours for so many days. */
const daysOfHours = 728;
/** Symbols of one run: more are taken up the next time. */
const symbolsAtOnce = 500;

/** The runs that bring stale series under their new basis: one an interval. */
export async function refetchesDue(db: Database, nominalTime: string): Promise<readonly Refetch[]> {
  const stale = (await staleSeries(db, 'yahoo')).slice(0, symbolsAtOnce);
  const today = exchangeDate(Date.parse(nominalTime));
  const last = lastClosedSession(new Date(nominalTime)).session;
  const oldest = addDays(today, -daysOfHours);
  const byInterval = Map.groupBy(stale, ({ interval }) => interval);
  return [...byInterval].map(([interval, series]) => {
    const first = series.map(({ from }) => from).sort()[0] ?? last;
    const from = interval === '1h' && first < oldest ? oldest : first;
    return refetchOf(nominalTime, interval, { from, to: last }, [
      ...new Set(series.map(({ symbol }) => symbol)),
    ]);
  });
}

function refetchOf(
  nominalTime: string,
  interval: Interval,
  range: { readonly from: SessionDate; readonly to: SessionDate },
  symbols: readonly string[],
): Refetch {
  const request: IngestionRequest = {
    nominalTime,
    source: 'yahoo',
    interval,
    sessions: { range },
    symbols,
    incremental: false,
  };
  return {
    workflowId: `${workflowIdOf('yahoo-market-data-hourly', request)}/new-split`,
    session: range.to,
    request,
  };
}
