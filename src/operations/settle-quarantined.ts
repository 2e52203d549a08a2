import type { DateRange } from '../domain/date-range.ts';
import { storableBar, type QuarantineCause } from '../domain/quarantine.ts';
import type { ObservedBar } from '../domain/rejected-record.ts';
import { rejectCells, unrejectCells } from '../pipelines/quality/reject-record.ts';
import { releaseRecord } from '../pipelines/quality/release-record.ts';
import type { BarOrigin } from '../store/bars/incoming-bars.ts';
import type { Store } from '../store/database.ts';
import {
  holdQuarantined,
  quarantined,
  settleRowsOf,
  unsettleRowsOf,
  type HeldFinding,
  type SessionRun,
} from '../store/quarantine.ts';
import type { StoredFinding } from '../store/read-findings.ts';
import { sayOfFinding, type SaidOfFinding } from '../store/say-of-finding.ts';
import { transaction, type Transaction } from '../store/transaction.ts';
import { FindingRefuses } from './refusals.ts';
import { requireFinding } from './require-finding.ts';

interface Settling extends Pick<SaidOfFinding, 'person' | 'reason'> {
  readonly as: 'released' | 'rejected';
}

/**
 * Settles what is in quarantine at the word of a person, and returns its finding, which is accepted then: released, the record
 * is the bar of its cell; rejected, the cell has none; neither is due any more. Throws `FindingRefuses`.
 */
export function settleQuarantined(
  store: Store,
  id: number,
  { as, ...said }: Settling,
): Promise<StoredFinding> {
  return transaction(store, async (tx) => {
    const held = requireHeld(id, await holdQuarantined(tx, id));
    if (as === 'released') await release(tx, id, held, said);
    else await reject(tx, id, held);
    await settleRowsOf(tx, id, as);
    await sayOfFinding(tx, id, { ...said, status: 'accepted' });
    return requireFinding(tx, id);
  });
}

/** Makes due again what a person has rejected, where a finding is of such. */
export async function askAgain(tx: Transaction, id: number): Promise<void> {
  const held = await holdQuarantined(tx, id);
  if (held?.rule !== quarantined || held.status !== 'accepted' || held.instrumentId === null) return;
  const range = { from: held.from, to: held.to };
  await unrejectCells(tx, originOf(id, held), { instrumentId: held.instrumentId, range });
  await unsettleRowsOf(tx, id);
}

function requireHeld(id: number, held: HeldFinding | null): HeldFinding {
  if (held === null) throw new FindingRefuses(`there is no finding ${id}`, 'barwright quality shows the ids');
  if (held.rule !== quarantined)
    throw new FindingRefuses(
      `finding ${id} is of ${held.rule}: nothing of it is in quarantine`,
      `barwright quality accept ${id} says that it is right as it is`,
    );
  if (held.status === 'repaired')
    throw new FindingRefuses(
      `finding ${id} is repaired: a later answer has settled it`,
      'nothing has to be done; should it be found again, it is open again',
    );
  if (held.status === 'accepted')
    throw new FindingRefuses(
      `finding ${id} is settled already: ${held.reason ?? 'nobody said why'}`,
      `barwright quality reopen ${id} puts it back into quarantine`,
    );
  return held;
}

/** Whose cell a finding is of. */
function cellOf(id: number, held: HeldFinding) {
  const { instrumentId } = held;
  const cause = held.evidence['cause'] as QuarantineCause;
  if (instrumentId !== null && cause !== 'doubted' && cause !== 'no_time') return { instrumentId, cause };
  throw new FindingRefuses(
    `finding ${id} is of no session of a symbol: there is nothing to store, or to ask for no more`,
    `barwright quality accept ${id} says that it is known`,
  );
}

function originOf(id: number, { source, interval, runId }: HeldFinding): BarOrigin {
  if (source !== null && interval !== null && runId !== null) return { source, interval, runId };
  throw new FindingRefuses(`finding ${id} does not say of what bars it is`, 'barwright quality shows it');
}

async function release(
  tx: Transaction,
  id: number,
  held: HeldFinding,
  said: Pick<SaidOfFinding, 'person' | 'reason'>,
): Promise<void> {
  const { instrumentId, cause } = cellOf(id, held);
  const { bar, others, opensAt = null } = held.evidence;
  const cannot = (why: string) =>
    new FindingRefuses(
      `the record of finding ${id} cannot be stored: ${why}`,
      `barwright quality reject ${id} says that it is not to be asked for again`,
    );
  if (held.from !== held.to) throw cannot('it is of many sessions, none of which is shown whole');
  if (others !== undefined) throw cannot('there are several that differ');
  if (cause === 'no_session') throw cannot(`there was no session on ${held.from}`);
  const storable = isObserved(bar) ? storableBar(bar) : 'it is no bar';
  if (typeof storable === 'string') throw cannot(storable);
  const { observedAt, from: session } = held;
  const at = typeof opensAt === 'string' ? opensAt : null;
  const record = { instrumentId, session, opensAt: at, bar: storable, observedAt };
  if (!(await releaseRecord(tx, originOf(id, held), record, said)))
    throw cannot(`${held.source ?? 'its source'} has told another bar since, which stays`);
}

function isObserved(bar: unknown): bar is ObservedBar {
  return typeof bar === 'object' && bar !== null;
}

async function reject(tx: Transaction, id: number, held: HeldFinding): Promise<void> {
  const { instrumentId, cause } = cellOf(id, held);
  // What is of no session, or of no bar, no run asks for.
  if (cause === 'no_session' || cause === 'no_action') return;
  const { observedAt, evidence } = held;
  const cells = { instrumentId, ranges: rangesOf(held), opens: opensIn(evidence), observedAt };
  await rejectCells(tx, originOf(id, held), cells);
}

function rangesOf({ from, to, evidence: { runs } }: HeldFinding): readonly DateRange[] {
  if (!Array.isArray(runs)) return [{ from, to }];
  return (runs as readonly SessionRun[]).map(([first, last]) => ({ from: first, to: last }));
}

function opensIn({ opensAt, others = [] }: HeldFinding['evidence']): readonly string[] {
  const rest = (others as readonly Readonly<Record<string, unknown>>[]).map((other) => other['opensAt']);
  return [...new Set([opensAt, ...rest])].filter((at) => typeof at === 'string');
}
