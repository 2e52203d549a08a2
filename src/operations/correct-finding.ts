import type { BarField } from '../domain/blocked.ts';
import { dayNumber } from '../domain/date-range.ts';
import { fieldBits } from '../domain/blocked.ts';
import type { SessionDate } from '../domain/session.ts';
import type { SourceName } from '../domain/source.ts';
import { readBars, type AdjustedBar } from '../store/adjusted-bars.ts';
import { blockedRanges } from '../store/blocked-fields.ts';
import { instrumentOfFinding, saveCorrection, type Correction } from '../store/corrections.ts';
import type { Store } from '../store/database.ts';
import type { StoredFinding } from '../store/read-findings.ts';
import { holdFinding } from '../store/say-of-finding.ts';
import { transaction, type Transaction } from '../store/transaction.ts';
import { FindingRefuses } from './refusals.ts';
import { requireFinding } from './require-finding.ts';

/** What a person says a field is: a value in the shares of the session, or that of another source. */
export interface AskedCorrection {
  readonly field: BarField;
  readonly value: number | { readonly from: SourceName };
  readonly person: string;
  readonly reason: string;
}

/** Of which bar a finding is. */
interface FoundBar {
  readonly instrumentId: number;
  readonly symbol: string;
  readonly source: SourceName;
  readonly session: SessionDate;
}

/**
 * Corrects a field of the bar that a finding is of, for the consumer series alone: what was observed stays, the finding
 * stays open, and another value of that field is not corrected. Throws `FindingRefuses` where there is no such open
 * finding, it is of no single daily bar, or there is no value to correct, or none to take.
 */
export function correctFinding(
  store: Store,
  id: number,
  { field, value: asked, person, reason }: AskedCorrection,
): Promise<Correction & { readonly symbol: string }> {
  return transaction(store, async (tx) => {
    const status = await holdFinding(tx, id);
    const bar = await foundBar(tx, await requireFinding(tx, id));
    if (status !== 'open')
      throw new FindingRefuses(
        `finding ${id} is ${status ?? 'gone'}: there is nothing to correct`,
        `barwright quality reopen ${id} opens it again`,
      );
    const observed = (await barOf(tx, bar, bar.source))[field];
    const takenFrom = typeof asked === 'number' ? null : asked.from;
    const value = typeof asked === 'number' ? asked : await valueFrom(tx, bar, { field, from: asked.from });
    if (value === observed)
      throw new FindingRefuses(
        `${field} of ${bar.symbol} on ${bar.session} is ${value} already`,
        `barwright quality accept ${id} says that it is right`,
      );
    const correction = { ...bar, field, value, observed, takenFrom, findingId: id, person, reason };
    await saveCorrection(tx, correction);
    return correction;
  });
}

async function foundBar(tx: Transaction, finding: StoredFinding): Promise<FoundBar> {
  const { id, symbol, source, interval, from, to } = finding;
  const instrumentId = await instrumentOfFinding(tx, id);
  const isOfBar = instrumentId !== null && symbol !== null && source !== null && interval === '1d';
  if (isOfBar && from === to) return { instrumentId, symbol, source, session: from };
  throw new FindingRefuses(
    `finding ${id} is of ${isOfBar ? `the sessions from ${from} to ${to}` : 'no daily bar of one instrument'}`,
    'correct what is found of one session; barwright quality shows what each finding is of',
  );
}

/** As traded. */
async function barOf(
  tx: Transaction,
  { instrumentId, symbol, session }: FoundBar,
  source: SourceName,
): Promise<AdjustedBar> {
  const range = { from: session, to: session };
  const [bar] = await readBars(tx, { instrumentId, source, interval: '1d', range, adjust: 'raw' });
  if (bar !== undefined) return bar;
  throw new FindingRefuses(
    `${source} has no bar of ${symbol} on ${session} that can be read`,
    `barwright bars ${symbol} --from ${session} --to ${session} --source ${source} shows what there is`,
  );
}

async function valueFrom(
  tx: Transaction,
  bar: FoundBar,
  { field, from }: { readonly field: BarField; readonly from: SourceName },
): Promise<number> {
  const { instrumentId, symbol, session, source } = bar;
  if (from === source)
    throw new FindingRefuses(`the finding is of ${source} itself`, 'name another source, or write --value');
  const { [field]: value } = await barOf(tx, bar, from);
  const day = dayNumber(session);
  const wrong = (await blockedRanges(tx, from, [instrumentId])).get(instrumentId) ?? [];
  const isBlocked = wrong.some(
    ({ days: [first, last], fields }) => first <= day && day <= last && (fields & fieldBits([field])) !== 0,
  );
  if (!isBlocked) return value;
  throw new FindingRefuses(
    `${field} of ${symbol} on ${session} is found to be wrong of ${from} too`,
    'settle that finding first, or write --value',
  );
}
