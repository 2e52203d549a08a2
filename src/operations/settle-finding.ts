import type { Store } from '../store/database.ts';
import type { StoredFinding } from '../store/read-findings.ts';
import { holdFinding, sayOfFinding, type SaidOfFinding } from '../store/say-of-finding.ts';
import { transaction } from '../store/transaction.ts';
import { FindingRefuses } from './refusals.ts';
import { requireFinding } from './require-finding.ts';
import { askAgain } from './settle-quarantined.ts';

/**
 * Accepts a finding or opens it again at the word of a person, and returns it as it stands then. What is accepted is
 * what is found there now: `recordFindings` says what opens it again. Throws `FindingRefuses` where there is no such finding,
 * or nothing to accept any more.
 */
export function settleFinding(store: Store, id: number, said: SaidOfFinding): Promise<StoredFinding> {
  return transaction(store, async (tx) => {
    const status = await holdFinding(tx, id);
    if (status === 'repaired' && said.status === 'accepted')
      throw new FindingRefuses(
        `finding ${id} is repaired: there is nothing to accept`,
        'nothing has to be done; should it be found again, it is open again',
      );
    if (said.status === 'open') await askAgain(tx, id);
    await sayOfFinding(tx, id, said);
    return requireFinding(tx, id);
  });
}
