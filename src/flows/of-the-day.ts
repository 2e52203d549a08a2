import { exchangeDate } from '../domain/exchange-time.ts';
import type { RunSessions } from '../runs/run.ts';
import { dailyPolicy, type FlowPolicy } from '../runs/run-policy.ts';
import type { SideRequest } from '../runs/side-requests.ts';

/** A day: hundreds of pages at the slowest pace, shared with others. */
export const dayOfWork: FlowPolicy = {
  ...dailyPolicy,
  loadRetries: 0,
  runRetries: 0,
  timeoutSeconds: 86_400,
};

/** Two weeks: twenty years of lists at the slowest pace behind all others, or what is asked again days later. */
export const weeksOfWork: FlowPolicy = { ...dayOfWork, timeoutSeconds: 14 * 86_400 };

/** What is of no session: of the day that it is asked. */
export const ofTheDay = {
  pool: 'data-ingestion',
  asks: null,
  priorityKey: 3,
  sessions({ nominalTime }: SideRequest): RunSessions {
    const today = exchangeDate(Date.parse(nominalTime));
    return { range: { from: today, to: today }, sessions: [], again: [] };
  },
  span: (_: SideRequest, { range }: RunSessions) => range,
  identity: ({ nominalTime, ...others }: SideRequest): object => others,
} as const;
