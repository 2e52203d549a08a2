import type { Database } from '../store/database.ts';
import { findFinding, type StoredFinding } from '../store/read-findings.ts';
import { FindingRefuses } from './refusals.ts';

/** One finding; throws `FindingRefuses` where there is none of that id. */
export async function requireFinding(db: Database, id: number): Promise<StoredFinding> {
  const finding = await findFinding(db, id);
  if (finding !== null) return finding;
  throw new FindingRefuses(`there is no finding ${id}`, 'barwright quality shows the ids');
}
