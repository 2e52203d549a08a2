import { sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { addDays } from '../../domain/date-range.ts';
import { exchangeDate } from '../../domain/exchange-time.ts';
import { judgeList } from '../../domain/whole-list.ts';
import type { Database } from '../../store/database.ts';
import { closeSourceFindings, recordFindings } from '../../store/findings.ts';
import { lastSync, recordDoubt, recordSync, type ListKey } from '../../store/reference-syncs.ts';
import { addRunEvents } from '../../store/run-events.ts';
import { retireUnlisted } from '../../store/save-instruments.ts';

/** What a list, read to its end, had on it. */
interface ReadList {
  readonly instruments: number;
  readonly symbols: readonly string[];
  /** Records that do not say whose they are: each may be that of somebody who seems to be gone. */
  readonly nameless: number;
}

/**
 * Draws the consequences of a list that was read to its end: who is no longer on it is retired where it is believed to
 * be whole; else nobody is, the run and a finding say so, and it is due again. Returns how many are retired.
 */
export async function settleList(
  db: Database,
  { runId, ...key }: ListKey & { readonly runId: string | null },
  { instruments, symbols, nameless }: ReadList,
): Promise<number> {
  const last = await lastSync(db, key);
  const at = new Date();
  const verdict = judgeList({ instruments, at, mayBeEmpty: key.list === 'inactive' }, last);
  const rule = `short_list_${key.list}`;
  if (verdict.believed) {
    const isTold = key.list === 'active' && nameless === 0;
    const leaving = leavingBetween(last?.completedAt ?? at, at);
    const retired = isTold ? await retireUnlisted(db, key.source, symbols, leaving) : [];
    await recordSync(db, key, instruments);
    await closeSourceFindings(db, runId, { rule, source: key.source });
    return retired.length;
  }
  await recordDoubt(db, key, { instruments, days: verdict.days, at });
  const evidence = { instruments, lastWhole: last?.instruments ?? 0, days: verdict.days };
  const message = `the list of ${key.list} instruments has ${instruments} names, the last whole one had ${evidence.lastWhole}: it is not believed, nobody is retired, and it is read again`;
  const today = exchangeDate(at.getTime());
  await recordFindings(db, runId, [
    {
      ...{ rule, severity: 'warn', instrumentId: null, source: key.source, interval: null, evidence },
      range: { from: today, to: today },
    },
  ]);
  if (runId !== null) await addRunEvents(db, runId, [{ level: 'warn', message, data: evidence }]);
  return 0;
}

/** What is not traded every day has its last bar some days before it goes. */
const quietDays = 10;

function leavingBetween(lastList: Date, list: Date) {
  const today = exchangeDate(list.getTime());
  const since = addDays(exchangeDate(lastList.getTime()), -quietDays);
  const sessions = sessionsBetween({ from: since, to: addDays(today, -1) });
  return { since, last: sessions.at(-1)?.session ?? since };
}
