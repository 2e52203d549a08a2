import type { DateRange } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import {
  actionRules,
  reconcileActions,
  type ActionContext,
  type Verdict,
} from '../../domain/reconcile-actions.ts';
import { splitEvidence } from '../../domain/split-basis.ts';
import {
  actionsSynced,
  judgeActions,
  readActions,
  writeActions,
  type IncomingAction,
  type StoredAction,
} from '../../store/corporate-actions.ts';
import type { Database, Store } from '../../store/database.ts';
import { closeFindings, recordFindings, type Finding } from '../../store/findings.ts';
import { barsAround, barsBesideActions, coveredDates, markUnadjusted } from '../../store/split-basis.ts';
import { transaction } from '../../store/transaction.ts';
import type { SourceName } from '../../domain/source.ts';

export interface ActionOrigin {
  readonly source: SourceName;
  readonly runId: string;
}

/** Prices that are stored as they traded: what they show of a split is its step. */
const rawSource: SourceName = 'polygon';
/** Prices that their source adjusts for splits. */
const adjustedSource: SourceName = 'yahoo';

/**
 * Writes what a source tells of corporate actions and decides anew which of all sources' records count, both or
 * neither. Safe to run again.
 */
export async function learnActions(
  store: Store,
  origin: ActionOrigin,
  actions: readonly IncomingAction[],
): Promise<void> {
  const asOf = actions
    .map(({ observedAt }) => observedAt)
    .sort()
    .at(-1);
  if (asOf === undefined) return;
  await transaction(store, async (tx) => {
    const ids = await writeActions(tx, origin, actions);
    await reconcile(tx, { runId: origin.runId, asOf }, ids);
  });
}

/** Instruments that are judged together. */
const chunk = 500;

/**
 * Decides which records of corporate actions count, for instruments of which anything is new. `asOf` (ISO 8601) says
 * which ex-dates have come.
 */
export async function reconcile(
  db: Database,
  when: { readonly runId: string; readonly asOf: string },
  instrumentIds: readonly number[],
): Promise<void> {
  for (let start = 0; start < instrumentIds.length; start += chunk)
    await reconcileChunk(db, when, instrumentIds.slice(start, start + chunk));
}

async function reconcileChunk(
  db: Database,
  { runId, asOf }: { readonly runId: string; readonly asOf: string },
  instrumentIds: readonly number[],
): Promise<void> {
  const byInstrument = Map.groupBy(await readActions(db, instrumentIds), ({ instrumentId }) => instrumentId);
  const contextOf = await contexts(db, asOf, instrumentIds);
  const found: Finding[] = [];
  const verdicts: Verdict[] = [];
  for (const [instrumentId, actions] of byInstrument) {
    const judged = reconcileActions(actions, contextOf(instrumentId));
    verdicts.push(...judged.verdicts);
    for (const { rule, exDate, evidence } of judged.disagreements) {
      const range = { from: exDate, to: exDate };
      found.push({ rule, severity: 'warn', instrumentId, source: null, interval: null, range, evidence });
    }
  }
  await judgeActions(db, verdicts);
  const counted = new Set(verdicts.flatMap(({ id, status }) => (status === 'effective' ? id : [])));
  for (const [instrumentId, actions] of byInstrument) await rejudgeStored(db, instrumentId, actions, counted);
  await recordFindings(db, runId, found);
  await closeFindings(db, { rules: actionRules, instrumentIds }, found);
}

/** What is known around the actions of each of the instruments. */
async function contexts(
  db: Database,
  asOf: string,
  instrumentIds: readonly number[],
): Promise<(instrumentId: number) => ActionContext> {
  const beside = await barsBesideActions(db, rawSource, instrumentIds);
  const adjusted = await coveredDates(db, adjustedSource, instrumentIds);
  const synced = await actionsSynced(db, rawSource);
  const within = (range: DateRange | null | undefined, date: string) =>
    range != null && range.from <= date && date <= range.to;
  return (instrumentId) => {
    const around = new Map((beside.get(instrumentId) ?? []).map((bars) => [bars.exDate, bars]));
    return {
      today: exchangeDate(Date.parse(asOf)),
      evidence(split) {
        const { before = null, after = null } = around.get(split.exDate) ?? {};
        return before === null || after === null ? 'unknown' : splitEvidence([before, after], split);
      },
      closeBefore: (date) => around.get(date)?.before?.close ?? null,
      covers: (source, date) => within(source === rawSource ? synced : adjusted.get(instrumentId), date),
    };
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
