import type { KeptMap } from '../../operations/coverage-maps.ts';
import type { Store } from '../../store/database.ts';
import { firstSessionOf } from '../../store/stored-days.ts';
import type { Visit } from '../page.ts';
import { since, type AskedCoverage } from './asked-coverage.ts';

/** What there is of what an address asks for. */
export async function readAsked(
  store: Store,
  { maps, now }: Visit,
  told: AskedCoverage,
): Promise<{ readonly asked: AskedCoverage; readonly kept: KeptMap }> {
  const asked = told.isWhole ? since(told, await firstSessionOf(store.db, told)) : told;
  const kept = await maps.read(store, { ...asked, nowMs: now.getTime() });
  return { asked, kept };
}
