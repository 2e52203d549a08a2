import { budgetKey, type Config } from '../config.ts';
import { sourceNames, type SourceName } from '../domain/source.ts';
import type { Database } from '../store/database.ts';
import { nextSlotInMs, quotaLeft } from '../store/provider-budget.ts';
import { readRefusals } from '../store/provider-refusals.ts';

/** What a source's budget gives within a period, and what of it is taken. */
export interface BudgetFigures {
  readonly source: SourceName;
  readonly periodSeconds: number;
  readonly requests: number;
  readonly spent: number;
  readonly left: number;
  /** ISO 8601; null unless it has refused and nobody asks until then. */
  readonly blockedUntil: string | null;
}

/** Why a source is not asked at the moment, and until when at most, ISO 8601. */
export interface BudgetHold {
  readonly refused: boolean;
  readonly until: string;
}

/** Slots that are nearer than that hold nobody up. */
const nearMs = 1_000;

/** What holds up requests to a source; null: nothing. */
export async function readBudgetHold(
  { db, config }: { readonly db: Database; readonly config: Config },
  source: SourceName,
  baseUrl: string | null,
): Promise<BudgetHold | null> {
  const key = budgetKey(config, source, baseUrl);
  const { blockedMs } = await readRefusals(db, key);
  const waitMs = blockedMs > 0 ? blockedMs : await nextSlotInMs(db, key);
  if (waitMs < nearMs) return null;
  return { refused: blockedMs > 0, until: new Date(Date.now() + waitMs).toISOString() };
}

const periodSeconds = 60;

/** The budget of each source, by where it is asked. */
export async function readBudgets(
  { db, config }: { readonly db: Database; readonly config: Config },
  baseUrls: Readonly<Record<string, string | null>>,
): Promise<readonly BudgetFigures[]> {
  return Promise.all(
    sourceNames.map(async (source) => {
      const key = budgetKey(config, source, baseUrls[source] ?? null);
      const requests = Math.floor(config.sources[source].requestsPerMinute);
      const left = await quotaLeft(db, key, { periodMs: periodSeconds * 1000, requests });
      const { blockedMs } = await readRefusals(db, key);
      const blockedUntil = blockedMs > 0 ? new Date(Date.now() + blockedMs).toISOString() : null;
      return { source, periodSeconds, requests, spent: requests - left, left, blockedUntil };
    }),
  );
}
