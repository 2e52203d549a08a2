import { exchangeDate } from '../../domain/exchange-time.ts';
import { actionRules, type Verdict } from '../../domain/judged-action.ts';
import { reconcileActions } from '../../domain/reconcile-actions.ts';
import {
  lockActions,
  recordAmounts,
  recordVerdicts,
  storedActions,
  type StoredAction,
} from '../../store/corporate-actions.ts';
import { closeFindings, recordFindings, type Finding } from '../../store/findings.ts';
import { rebasePayments } from '../../store/payment-basis.ts';
import { instrumentsAdjusted } from '../../store/split-prices.ts';
import type { Transaction } from '../../store/transaction.ts';
import { actionContexts, type AnsweredSeries } from './action-contexts.ts';
import { rejudgeStored, type LearntSplit } from './rejudge-stored.ts';

export interface Reconciling {
  /** Null: no run, a person. */
  readonly runId: string | null;
  /** Says which ex-dates have come, ISO 8601. */
  readonly asOf: string;
  /** The prices that the actions came with. */
  readonly answered?: AnsweredSeries;
}

type JudgedAgainst = Omit<Reconciling, 'answered'> & { readonly answered: AnsweredSeries | null };

/** Decides which records of corporate actions count, for instruments of which anything is new. */
export async function reconcile(
  tx: Transaction,
  { runId, asOf, answered }: Reconciling,
  instrumentIds: readonly number[],
): Promise<void> {
  if (instrumentIds.length === 0) return;
  await lockActions(tx, instrumentIds);
  const given = { runId, asOf, answered: answered ?? null };
  const changed = await judgeActions(tx, given, instrumentIds);
  // No split is learnt twice, so this ends.
  if (changed.length > 0) await judgeActions(tx, given, changed);
}

/** Returns the instruments of which payments are in other shares than was believed. */
async function judgeActions(
  tx: Transaction,
  { runId, asOf, answered }: JudgedAgainst,
  instrumentIds: readonly number[],
): Promise<readonly number[]> {
  const stored = await storedActions(tx, instrumentIds);
  const actions = stored.flatMap((action) => {
    const { status } = action;
    return status === 'withdrawn' ? [] : [{ ...action, status }];
  });
  const contextOf = await actionContexts(tx, asOf, instrumentIds, answered);
  const judged = [...Map.groupBy(actions, ({ instrumentId }) => instrumentId)].map(([instrumentId, own]) => ({
    instrumentId,
    ...reconcileActions(
      own.map(({ toldOn, ...action }) => ({ ...action, exDate: toldOn })),
      contextOf(instrumentId),
    ),
  }));
  const verdicts = judged.flatMap((one) => one.verdicts);
  await recordVerdicts(tx, verdicts);
  await recordAmounts(
    tx,
    judged.flatMap(({ amounts }) => amounts),
  );
  const changed = await rejudgeLearnt(tx, learntSplits(actions, verdicts), { asOf, answered });
  const found = judged.flatMap(findingsOf);
  await recordFindings(tx, runId, found);
  await closeFindings(tx, runId, { rules: actionRules, instrumentIds }, found);
  return changed;
}

async function rejudgeLearnt(
  tx: Transaction,
  learnt: readonly LearntSplit[],
  { asOf, answered }: Omit<JudgedAgainst, 'runId'>,
): Promise<readonly number[]> {
  if (learnt.length === 0) return [];
  const ids = learnt.map(({ instrumentId }) => instrumentId);
  const adjusted = await instrumentsAdjusted(tx, [...new Set(ids)]);
  const today = exchangeDate(Date.parse(asOf));
  for (const split of learnt)
    if (adjusted.has(split.instrumentId)) await rejudgeStored(tx, split, { today, answered });
  return rebasePayments(tx, learnt);
}

function findingsOf({
  instrumentId,
  disagreements,
}: { readonly instrumentId: number } & Pick<
  ReturnType<typeof reconcileActions>,
  'disagreements'
>): readonly Finding[] {
  return disagreements.map(({ rule, exDate, evidence }) => {
    const range = { from: exDate, to: exDate };
    return { rule, severity: 'warn', instrumentId, source: null, interval: null, range, evidence };
  });
}

/** The splits that did not count until now, or not from that day. */
function learntSplits(
  actions: readonly StoredAction[],
  verdicts: readonly Verdict[],
): readonly LearntSplit[] {
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  return actions.flatMap((action): readonly LearntSplit[] => {
    const { id, instrumentId, ratio } = action;
    const verdict = verdictOf.get(id);
    if (ratio === null || verdict?.status !== 'effective') return [];
    const exDate = verdict.exDate ?? action.toldOn;
    if (action.status === 'effective' && action.exDate === exDate) return [];
    return [{ instrumentId, exDate, ratio }];
  });
}
