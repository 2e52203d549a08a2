import { bySource, type SourceName } from '../../domain/source.ts';
import type { DateRange } from '../../domain/date-range.ts';
import type { Session } from '../../domain/session.ts';
import { BodyRoom } from '../../providers/body-room.ts';
import { providers, type Provider } from '../../providers/index.ts';
import type { Database } from '../../store/database.ts';
import type { BudgetKey } from '../../store/provider-budget.ts';
import { countedTurn } from './counted-turn.ts';
import { createProviderBudget, type BudgetPeriod, type ProviderBudget } from './provider-budget.ts';

/** A provider under its shared budget. */
export interface Source extends Provider {
  readonly budget: ProviderBudget;
  readonly requestsPerMinute: number;
}

export type Sources = Readonly<Record<SourceName, Source>>;

/** What a source is asked with. */
export interface SourceSettings extends BudgetPeriod {
  /** Null: its own hosts. */
  readonly baseUrl: string | null;
  readonly apiKey: string;
  readonly budgetKey: BudgetKey;
  readonly requestsPerMinute: number;
  /** Of a UTC day; unset or null: as many as the minutes have. */
  readonly requestsPerDay?: number | null;
  readonly timeoutMs?: number;
  /** Our clock, which a provider's is held against; unset: that of this machine. */
  readonly now?: () => Date;
  /** Unset: the provider's own. */
  readonly refusalWaitsMs?: readonly number[];
}

/** Every source there is, each as its settings say. */
export function createSources(
  {
    db,
    sessionsBetween,
  }: { readonly db: Database; readonly sessionsBetween: (range: DateRange) => readonly Session[] },
  settingsOf: (source: SourceName) => SourceSettings,
): Sources {
  const room = new BodyRoom();
  return bySource((name) => {
    const {
      budgetKey,
      requestsPerMinute,
      requestsPerDay = null,
      refusalWaitsMs,
      periodMs,
      ...asked
    } = settingsOf(name);
    const provider = providers[name]({
      ...asked,
      room,
      sessionsBetween,
      beforeRequest: (turn) => countedTurn(name, turn.lane ?? 'live', () => budget.beforeRequest(turn)),
    });
    const waits = provider.refusalWaitsMs === null ? null : (refusalWaitsMs ?? provider.refusalWaitsMs);
    const budget = createProviderBudget({
      ...budgetKey,
      db,
      requestsPerMinute,
      requestsPerDay,
      ...(periodMs === undefined ? {} : { periodMs }),
      ...(waits === null ? {} : { refusalWaitsMs: waits }),
    });
    return { ...provider, refusalWaitsMs: waits, budget, requestsPerMinute };
  });
}
