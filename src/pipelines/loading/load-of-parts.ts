import { otherParts, type OtherParts } from '../../store/load-parts.ts';
import type { LoadStatus } from '../../store/schema.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { Loaded, LoadVerdict } from './load-outcomes.ts';

/**
 * The verdicts of what is written, where a load is asked in parts under several tickers: it is complete with its last
 * part, and whole when all of them are.
 */
export async function verdictsOf(tx: Transaction, batch: readonly Loaded[]): Promise<readonly LoadVerdict[]> {
  const verdicts = batch.flatMap((one) => one.verdicts);
  const parts = batch.flatMap((one) => (one.isPart === true ? one.verdicts : []));
  if (parts.length === 0) return verdicts;
  const closing = batch.map(({ request }) => request.id);
  const others = await otherParts(tx, [...new Set(parts.map(({ loadId }) => loadId))], closing);
  const byLoad = Map.groupBy(parts, ({ loadId }) => loadId);
  return [
    ...verdicts.filter(({ loadId }) => !byLoad.has(loadId)),
    ...[...byLoad].flatMap(([loadId, own]) => asOne(own, others.get(loadId) ?? nothing)),
  ];
}

const nothing: OtherParts = { open: 0, done: 0, failed: 0, isFlawed: false };

function asOne(own: readonly LoadVerdict[], others: OtherParts): readonly LoadVerdict[] {
  const [first] = own;
  if (first === undefined) return [];
  const records = own.reduce((sum, verdict) => sum + verdict.records, 0);
  const error = own.find((verdict) => verdict.error !== null)?.error ?? null;
  return [{ ...first, records, error, status: statusOf(own, others) }];
}

function statusOf(
  own: readonly LoadVerdict[],
  { open, done, failed, isFlawed }: OtherParts,
): LoadVerdict['status'] {
  if (open > 0) return 'running';
  const all = (status: LoadStatus) => own.every((verdict) => verdict.status === status);
  if (all('success') && failed === 0 && !isFlawed) return 'success';
  return all('failed') && done === 0 ? 'failed' : 'partial';
}
