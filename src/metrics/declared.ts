import { intervalNames } from '../domain/interval.ts';
import { sourceNames } from '../domain/source.ts';

/** What a label says, and all of its values where they are known from the start. */
interface LabelDeclaration {
  readonly says: string;
  readonly values?: readonly string[];
}

export const labels = {
  provider: {
    says: 'the source that is asked, or that rows are computed of; `indicators` for loads of calculations',
    values: sourceNames,
  },
  endpoint: { says: 'what kind of address is asked; `session` is what comes before a question' },
  outcome: { says: '`ok`, the kind of the error that the request ended with, or `cancelled`' },
  interval: { says: 'what a bar lasts', values: intervalNames },
  status: { says: 'how it ended, as in the ledger' },
  error_kind: { says: 'the kind of error in the ledger; `none` where there is none' },
  lane: { says: 'whose requests go first: those of live runs', values: ['live', 'background'] },
  reason: {
    says: 'others go first, the provider refuses, or the requests of the day are spent',
    values: ['pace', 'refused', 'spent'],
  },
  flow: { says: 'the flow, or the kind of side run' },
  pool: { says: 'the pool whose work the process does' },
  market: { says: '`live` or `simulated`' },
  version: { says: 'the version of barwright' },
} as const satisfies Readonly<Record<string, LabelDeclaration>>;

export type LabelName = keyof typeof labels;

/** One metric: how it is called in code, in a scrape but for what its kind adds, and what it says. */
export interface MetricDeclaration {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  /** Of a histogram; a scrape has it at the end of the name. */
  readonly unit?: 'seconds';
  /** Of a histogram: its upper bounds, in its unit. */
  readonly buckets?: readonly number[];
  readonly help: string;
  readonly labels: readonly LabelName[];
}

const answerSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30];
const waitSeconds = [0.01, 0.1, 1, 10, 30, 60];

/** Every metric of our own; the Temporal SDK adds its own on the same page. Labels never hold a symbol, an id or a message. */
export const metrics = {
  requests: {
    kind: 'counter',
    name: 'barwright_requests',
    help: 'HTTP requests that were sent to a provider.',
    labels: ['provider', 'endpoint', 'outcome'],
  },
  requestSeconds: {
    kind: 'histogram',
    name: 'barwright_request_duration',
    unit: 'seconds',
    buckets: answerSeconds,
    help: 'Time from sending a request to the end of its answer.',
    labels: ['provider', 'endpoint'],
  },
  budgetWait: {
    kind: 'histogram',
    name: 'barwright_budget_wait',
    unit: 'seconds',
    buckets: waitSeconds,
    help: 'Time that a request waited for its turn at the provider, in this process.',
    labels: ['provider', 'lane'],
  },
  budgetDeferrals: {
    kind: 'counter',
    name: 'barwright_budget_deferrals',
    help: 'Requests that gave up waiting for their turn, to be asked later.',
    labels: ['provider', 'reason'],
  },
  budgetPerMinute: {
    kind: 'gauge',
    name: 'barwright_budget_per_minute',
    help: 'Requests that all workers together may send to a provider within a minute.',
    labels: ['provider'],
  },
  rowsRead: {
    kind: 'counter',
    name: 'barwright_rows_read',
    help: 'Bars that answers brought for what was asked.',
    labels: ['provider', 'interval'],
  },
  rowsInserted: {
    kind: 'counter',
    name: 'barwright_rows_inserted',
    help: 'Bars that were not stored before.',
    labels: ['provider', 'interval'],
  },
  rowsRevised: {
    kind: 'counter',
    name: 'barwright_rows_revised',
    help: 'Stored bars that changed in value; the earlier values are kept.',
    labels: ['provider', 'interval'],
  },
  rowsSettled: {
    kind: 'counter',
    name: 'barwright_rows_settled',
    help: 'Stored bars that only became settled.',
    labels: ['provider', 'interval'],
  },
  loads: {
    kind: 'counter',
    name: 'barwright_loads',
    help: 'Loads (a symbol of a run) at the end of their run.',
    labels: ['provider', 'interval', 'status', 'error_kind'],
  },
  runs: {
    kind: 'counter',
    name: 'barwright_runs',
    help: 'Runs that have ended.',
    labels: ['flow', 'status'],
  },
  lastSession: {
    kind: 'gauge',
    name: 'barwright_run_last_session_timestamp_seconds',
    help: 'Midnight UTC of the last session of the latest run of a flow that completed here.',
    labels: ['flow'],
  },
  plannedCells: {
    kind: 'gauge',
    name: 'barwright_planned_cells',
    help: 'Pairs of symbol and session that were due when the latest run of a provider was planned here.',
    labels: ['provider', 'interval'],
  },
  indicatorRows: {
    kind: 'counter',
    name: 'barwright_indicator_rows',
    help: 'Rows of indicators that were computed.',
    labels: ['provider'],
  },
  databaseUp: {
    kind: 'gauge',
    name: 'barwright_database_up',
    help: '1 while the database takes the signs of life of this worker, else 0.',
    labels: [],
  },
  databaseSeconds: {
    kind: 'histogram',
    name: 'barwright_database_answer',
    unit: 'seconds',
    buckets: answerSeconds,
    help: 'Time that the database took for a sign of life of this worker.',
    labels: [],
  },
  workerInfo: {
    kind: 'gauge',
    name: 'barwright_worker_info',
    help: 'Always 1: what this worker is.',
    labels: ['pool', 'market', 'version'],
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

export type MetricName = keyof typeof metrics;

/** The metrics of one kind, by their names in code. */
export type MetricOf<Kind extends MetricDeclaration['kind']> = {
  [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** A value for each label of a metric. */
export type LabelValues<Name extends MetricName> = Readonly<
  Record<(typeof metrics)[Name]['labels'][number], string>
>;

/** A metric's name on a page of metrics; a histogram's series add `_bucket`, `_sum` and `_count`. */
export function scrapedName({ kind, name, unit }: MetricDeclaration): string {
  if (kind === 'counter') return `${name}_total`;
  return unit === undefined ? name : `${name}_${unit}`;
}
