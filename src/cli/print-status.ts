import { printTable } from './output.ts';
import { statusSentence, type Status } from '../operations/read-status.ts';
import type { Column } from './table/column.ts';
import { countText } from '../operations/figures.ts';
import { shortRunId } from './table/run-texts.ts';
import { wallClock, type WallClock } from '../operations/wall-clock.ts';

interface Part {
  readonly part: string;
  readonly ok: boolean;
  readonly where: string;
}

const partColumns: readonly Column<Part>[] = [
  { name: 'part', cell: ({ part }) => part },
  { name: 'state', cell: ({ ok }) => (ok ? 'ok' : 'NOT WELL') },
  { name: 'where', cell: ({ where }) => where, least: 20 },
];

/** What runs, what is next, what the last runs came to, and what is left of the budgets, for a person. */
export function printStatus(status: Status, zone: string): void {
  const { market, nextRuns, stuck, lastResults, budgets } = status;
  const print = <Row>(of: string, columns: readonly Column<Row>[], rows: readonly Row[]) =>
    rows.length > 0 && printTable({ title: of, market, columns, rows, follows: true }, 'fitting');
  const parts = { title: `${statusSentence(status)} (${market} market)`, market, columns: partColumns };
  printTable({ ...parts, rows: partsOf(status) }, 'fitting');
  const clock = wallClock(zone);
  print('stuck: what does not get on by itself', stuckColumns, stuck);
  print(`next runs; times of ${zone}`, nextColumns(clock), nextRuns);
  print(`last results; times of ${zone}`, resultColumns(clock), lastResults);
  print(`requests of this minute; times of ${zone}`, budgetColumns(clock), budgets);
}

const stuckColumns: readonly Column<Status['stuck'][number]>[] = [
  { name: 'workflow id', cell: ({ workflowId }) => workflowId, least: 24 },
  {
    name: 'where',
    cell: ({ what, attempts }) => (attempts === 0 ? what : `${what}, ${attempts} times`),
    least: 16,
  },
  { name: 'cause', cell: ({ cause }) => cause, least: 24 },
  { name: 'what to do', cell: ({ remedy }) => remedy, least: 24 },
];

function partsOf({ temporal, database, workers, schedules, dashboard }: Status): readonly Part[] {
  const ui = temporal.ui === null ? '' : ` ${temporal.ui}`;
  return [
    { part: 'Temporal', ok: temporal.ok, where: `${temporal.address ?? 'not running'}${ui}` },
    { part: 'PostgreSQL', ok: database.ok, where: database.url ?? 'not running' },
    ...workers.map(({ pool, ok }) => ({ part: 'worker', ok, where: pool })),
    {
      part: 'schedules',
      ok: schedules.ok,
      where: schedules.ok ? 'barwright schedules list' : 'barwright schedules apply',
    },
    ...(dashboard === null ? [] : [{ part: 'dashboard', ok: dashboard.ok, where: dashboard.url }]),
  ];
}

const nextColumns = ({ minute }: WallClock): readonly Column<Status['nextRuns'][number]>[] => [
  { name: 'schedule', cell: ({ id }) => id },
  { name: 'next run', cell: ({ nextRunAt, paused }) => (paused ? 'paused' : minute(nextRunAt)) },
  { name: 'note', cell: ({ note }) => note, least: 20 },
];

const resultColumns = ({ minute }: WallClock): readonly Column<Status['lastResults'][number]>[] => [
  { name: 'flow', cell: ({ flow }) => flow },
  { name: 'ended', cell: ({ closedAt }) => minute(closedAt) },
  { name: 'status', cell: ({ status }) => status },
  { name: 'failed', cell: ({ failed }) => countText(failed), right: true },
  { name: 'symbols', cell: ({ symbols }) => countText(symbols), right: true, rank: 2 },
  { name: 'run', cell: ({ runId }) => shortRunId(runId), rank: 2 },
];

const budgetColumns = ({ second }: WallClock): readonly Column<Status['budgets'][number]>[] => [
  { name: 'source', cell: ({ source }) => source },
  { name: 'spent', cell: ({ spent }) => countText(spent), right: true },
  { name: 'left', cell: ({ left }) => countText(left), right: true },
  { name: 'refused until', cell: ({ blockedUntil }) => second(blockedUntil) },
];
