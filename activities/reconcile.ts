import { exchangeDate } from '../src/domain/exchange-time.ts';
import { actionRules, reconcileActions, type ActionContext } from '../src/domain/reconcile-actions.ts';
import { splitEvidence } from '../src/domain/split-basis.ts';
import {
  actionsSynced,
  judgeActions,
  readActions,
  writeActions,
  type IncomingAction,
  type StoredAction,
} from '../src/store/corporate-actions.ts';
import type { Database, Store } from '../src/store/database.ts';
import { closeFindings, recordFindings, type Finding } from '../src/store/findings.ts';
import { barsAround, coveredDates, markUnadjusted } from '../src/store/split-basis.ts';
import { inTransaction } from '../src/store/transaction.ts';

export interface ActionOrigin {
  readonly source: string;
  readonly runId: string;
}

/** Prices that are stored as they traded: what they show of a split is its step. */
const rawSource = 'polygon';
/** Prices that their source adjusts for splits. */
const adjustedSource = 'yahoo';

/**
 * Writes what a source tells of corporate actions and decides anew which of all sources' records count. Safe to run
 * again; returns the instruments of which something is new.
 */
export async function learnActions(
  store: Store,
  origin: ActionOrigin,
  actions: readonly IncomingAction[],
): Promise<readonly number[]> {
  const ids = await inTransaction(store.pool, (client) => writeActions(client, origin, actions));
  const asOf = actions
    .map(({ observedAt }) => observedAt)
    .sort()
    .at(-1);
  if (asOf !== undefined) await reconcile(store.db, { runId: origin.runId, asOf }, ids);
  return ids;
}

/**
 * Decides which records of corporate actions count, for instruments of which anything is new. `asOf` (ISO 8601) says
 * which ex-dates have come.
 */
export async function reconcile(
  db: Database,
  { runId, asOf }: { readonly runId: string; readonly asOf: string },
  instrumentIds: readonly number[],
): Promise<void> {
  if (instrumentIds.length === 0) return;
  const byInstrument = Map.groupBy(await readActions(db, instrumentIds), ({ instrumentId }) => instrumentId);
  const found: Finding[] = [];
  for (const [instrumentId, actions] of byInstrument) {
    const context = await contextOf(db, { instrumentId, asOf }, actions);
    const { verdicts, disagreements } = reconcileActions(actions, context);
    await judgeActions(db, verdicts);
    await rejudgeStored(db, instrumentId, actions, new Set(effective(verdicts)));
    for (const { rule, exDate, evidence } of disagreements) {
      const range = { from: exDate, to: exDate };
      found.push({ rule, severity: 'warn', instrumentId, source: null, interval: null, range, evidence });
    }
  }
  await recordFindings(db, runId, found);
  await closeFindings(db, { rules: actionRules, instrumentIds }, found);
}

function effective(verdicts: readonly { readonly id: number; readonly status: string }[]): number[] {
  return verdicts.flatMap(({ id, status }) => (status === 'effective' ? id : []));
}

async function contextOf(
  db: Database,
  { instrumentId, asOf }: { readonly instrumentId: number; readonly asOf: string },
  actions: readonly StoredAction[],
): Promise<ActionContext> {
  const dates = [...new Set(actions.map(({ exDate }) => exDate))];
  const around = new Map(
    await Promise.all(
      dates.map(async (date) => {
        const bars = await barsAround(db, { instrumentId, source: rawSource, date });
        return [date, bars] as const;
      }),
    ),
  );
  const synced = await actionsSynced(db, rawSource);
  const adjusted = await coveredDates(db, { instrumentId, source: adjustedSource });
  const within = (range: { readonly from: string; readonly to: string } | null, date: string) =>
    range !== null && range.from <= date && date <= range.to;
  return {
    today: exchangeDate(Date.parse(asOf)),
    evidence: (split) => splitEvidence(around.get(split.exDate) ?? [], split),
    closeBefore: (date) => around.get(date)?.findLast(({ session }) => session < date)?.close ?? null,
    covers: (source, date) => within(source === rawSource ? synced : adjusted, date),
  };
}

/** Rows that were stored before their split was known say by their prices whether it is in them. */
async function rejudgeStored(
  db: Database,
  instrumentId: number,
  actions: readonly StoredAction[],
  counted: ReadonlySet<number>,
): Promise<void> {
  for (const { id, exDate, ratio, status } of actions) {
    if (ratio === null || status === 'effective' || !counted.has(id)) continue;
    const place = { instrumentId, source: adjustedSource, exDate };
    const bars = await barsAround(db, { ...place, date: exDate, basisFrom: exDate });
    if (splitEvidence(bars, { exDate, ratio }) === 'not_in_prices') await markUnadjusted(db, place);
  }
}
