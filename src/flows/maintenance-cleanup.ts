import { z } from 'zod';
import { exchangeDate } from '../domain/exchange-time.ts';
import type { MaintenanceRequest } from '../runs/maintenance-request.ts';
import { dailyPolicy } from '../runs/run-policy.ts';
import type { Flow } from './flow.ts';
import { countOption, flag, whenAsked } from './parameters.ts';

const parameters = z.strictObject({
  ...whenAsked,
  runEventsDays: countOption(1, 90, 'days that events of ended runs are kept'),
  dryRun: flag('only say what would go'),
});

/** Takes away what is kept for a time only. */
export const maintenanceCleanup = {
  name: 'maintenance-cleanup',
  type: 'maintenanceCleanup',
  pool: 'maintenance',
  description: 'Takes away what is kept for a time only',
  asks: null,
  subject: 'maintenance',
  priorityKey: 4,
  policy: { ...dailyPolicy, loadRetries: 0 },
  parameters,
  request({ runEventsDays, dryRun }, nominalTime) {
    return { nominalTime, retentionDays: { run_events: runEventsDays }, dryRun };
  },
  /** Of no session: of the day that it is asked. */
  sessions({ nominalTime }) {
    const today = exchangeDate(Date.parse(nominalTime));
    return { range: { from: today, to: today }, sessions: [], again: [] };
  },
  span: (_, { range }) => range,
  identity: ({ nominalTime, ...others }) => others,
} as const satisfies Flow<typeof parameters, MaintenanceRequest>;
