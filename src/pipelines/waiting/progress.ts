import type { RunStatus } from '../../store/schema.ts';

/** How far is what another run waits for. */
export interface Progress {
  /** `given_up`: it has ended without, or will not come by itself. */
  readonly state: 'finished' | 'awaited' | 'given_up';
  /** In words; null: nothing. */
  readonly lacks: string | null;
}

export const finished: Progress = { state: 'finished', lacks: null };

/** Of several things at once: awaited as long as one is, and lacking what each of them lacks. */
export function progressOfAll(all: readonly Progress[]): Progress {
  const lacking = all.flatMap(({ lacks }) => lacks ?? []);
  const states = all.map(({ state }) => state);
  const state = (['awaited', 'given_up'] as const).find((one) => states.includes(one)) ?? 'finished';
  return { state, lacks: lacking.length === 0 ? null : lacking.join('; ') };
}

/** Of a run in the ledger. */
export function progressOfRun(run: { readonly workflowId: string; readonly status: RunStatus }): Progress {
  const { workflowId, status } = run;
  if (status === 'completed') return finished;
  const isEnded = status in endings;
  const how = isEnded ? endings[status as keyof typeof endings] : 'has not finished';
  return { state: isEnded ? 'given_up' : 'awaited', lacks: `${workflowId} ${how}` };
}

const endings = { failed: 'has failed', cancelled: 'was cancelled', terminated: 'was terminated' } as const;
