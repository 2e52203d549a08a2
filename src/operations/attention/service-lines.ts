import type { Attention, AttentionFacts } from './attention.ts';
import { providerName } from '../provider-name.ts';

/** Who does not work: workers, schedules, workflows, providers, and what a person has stopped. */
export function serviceLines({ store, temporal, when }: AttentionFacts): readonly Attention[] {
  return [
    ...(store === null ? [] : [...workerLines(store), ...budgetLines(store, when)]),
    ...(temporal === null ? [] : [...scheduleLines(temporal), ...stuckLines(temporal)]),
  ];
}

const nowhere = { since: null, place: null, cells: null } as const;

function workerLines({ workers }: NonNullable<AttentionFacts['store']>): readonly Attention[] {
  return workers
    .filter(({ ok }) => !ok)
    .map(({ pool }): Attention => ({
      ...nowhere,
      ...{ urgency: 'bad', kind: 'Worker', what: `no worker serves the pool ${pool}`, where: pool },
      ...{ next: 'start one', command: `barwright worker --pool ${pool}` },
    }));
}

function budgetLines(
  { budgets }: NonNullable<AttentionFacts['store']>,
  when: AttentionFacts['when'],
): readonly Attention[] {
  return budgets.flatMap(({ source, blockedUntil, day }): readonly Attention[] => {
    const name = providerName(source);
    const held = { ...nowhere, urgency: 'warn', kind: 'Provider', where: name, command: null } as const;
    const refused = {
      ...{ ...held, what: `${name} refuses more requests` },
      next: `asked again at ${when(new Date(blockedUntil ?? 0))}`,
    };
    const spent = { ...held, what: 'all requests of the day are spent', next: 'goes on at midnight UTC' };
    return [...(blockedUntil === null ? [] : [refused]), ...(day.left === 0 ? [spent] : [])];
  });
}

function scheduleLines({
  schedules,
  nextRuns,
}: NonNullable<AttentionFacts['temporal']>): readonly Attention[] {
  const missing: readonly Attention[] = schedules.ok
    ? []
    : [
        {
          ...{
            ...nowhere,
            urgency: 'bad',
            kind: 'Schedule',
            what: 'schedules are missing',
            where: 'Temporal',
          },
          ...{ next: 'make them', command: 'barwright schedules apply' },
        },
      ];
  const paused = nextRuns
    .filter((one) => one.paused)
    .map(({ id, note }): Attention => ({
      ...{ ...nowhere, urgency: 'warn', kind: 'Paused', where: id },
      what: note === null ? 'the schedule stands still' : `the schedule stands still: ${note}`,
      ...{ next: 'resume it', command: `barwright schedules resume ${id}` },
    }));
  return [...missing, ...paused];
}

function stuckLines({ stuck }: NonNullable<AttentionFacts['temporal']>): readonly Attention[] {
  return stuck.map(({ workflowId, what, attempts, cause, remedy }): Attention => ({
    ...{ ...nowhere, urgency: 'bad', kind: 'Stuck', where: workflowId },
    what: `${what}${attempts === 0 ? '' : ` failed ${attempts} times`}: ${cause}`,
    ...{ next: remedy, command: null },
  }));
}
