import { lastClosedSession, sessionsBetween } from '../../calendar/exchange-calendar.ts';
import { addDays, type DateRange } from '../../domain/date-range.ts';
import type { QualityRule } from '../../domain/quality-rule.ts';
import type { SessionDate } from '../../domain/session.ts';
import { sourceNames, sources, type SourceName } from '../../domain/source.ts';
import { gravityOfLag, lacksRows, steadySessions } from '../../quality/session-rules.ts';
import type { Database, Store } from '../../store/database.ts';
import { closeSourceFindingsWithin, recordFindings, type Finding } from '../../store/findings.ts';
import { readWatched } from '../../store/instruments.ts';
import { newestSession, sessionCounts } from '../../store/session-counts.ts';
import { transaction } from '../../store/transaction.ts';

/** What is judged of all that each source has. */
interface SessionsWish {
  readonly runId: string;
  readonly range: DateRange;
  readonly rules: readonly QualityRule[];
  /** ISO 8601: what has not closed long before is not missed. */
  readonly nominalTime: string;
}

/** Judges the sessions of each source as a whole: whether all symbols came, and whether the last session did. */
export async function judgeWholeSessions(store: Store, { runId, ...wish }: SessionsWish): Promise<void> {
  for (const source of sourceNames) {
    const counted = wish.rules.includes('row_count') ? await countFindings(store.db, source, wish.range) : [];
    const reaches = wish.range.to >= lastDue(wish.nominalTime);
    const judgesLag = reaches && wish.rules.includes('staleness');
    const late = judgesLag ? await lagFindings(store.db, source, wish) : [];
    await transaction(store, async (tx) => {
      await recordFindings(tx, runId, [...counted, ...late]);
      const { range } = wish;
      const rules: readonly QualityRule[] = wish.rules.filter((rule) => rule === 'row_count');
      await closeSourceFindingsWithin(tx, runId, { rules, source, range }, counted);
      const lags = { rules: judgesLag ? (['staleness'] as const) : [], source, range: anyRange };
      await closeSourceFindingsWithin(tx, runId, lags, late);
    });
  }
}

/** A lag is one finding, whatever was judged. */
const anyRange = { from: '0001-01-01', to: '9999-12-31' };

const ofSource = (source: SourceName) => ({ instrumentId: null, source, interval: '1d' }) as const;

/** Calendar days that hold the sessions before one, whatever closes. */
const reachDays = 31;
/** Of ten thousand symbols a quarter is a million bars. */
const sessionsAtOnce = 63;

async function countFindings(
  db: Database,
  source: SourceName,
  { from, to }: DateRange,
): Promise<readonly Finding[]> {
  const sessions = sessionsBetween({ from: addDays(from, -reachDays), to }).map(({ session }) => session);
  const judged = sessions.findIndex((session) => session >= from);
  const findings: Finding[] = [];
  for (let at = judged; at >= 0 && at < sessions.length; at += sessionsAtOnce) {
    const part = sessions.slice(Math.max(0, at - steadySessions), at + sessionsAtOnce);
    const counts = await sessionCounts(db, source, { sessions: part, before: steadySessions });
    for (const count of counts.filter(lacksRows)) {
      const { session, ...evidence } = count;
      const range = { from: session, to: session };
      findings.push({ ...ofSource(source), rule: 'row_count', severity: 'error', range, evidence });
    }
  }
  return findings;
}

/** The evening's runs take hours. */
const graceMs = 12 * 3_600_000;

/** The last session that is over for so long. */
function lastDue(nominalTime: string): SessionDate {
  return lastClosedSession(new Date(Date.parse(nominalTime) - graceMs)).session;
}

async function lagFindings(
  db: Database,
  source: SourceName,
  { nominalTime }: Pick<SessionsWish, 'nominalTime'>,
): Promise<readonly Finding[]> {
  const due = lastDue(nominalTime);
  const newest = await newestSession(db, source);
  if (newest === null || newest >= due) return [];
  // What nobody is watched of comes when a person asks for it.
  if (sources[source].universe === 'watched' && (await readWatched(db)).length === 0) return [];
  const lacking: readonly SessionDate[] = sessionsBetween({ from: addDays(newest, 1), to: due }).map(
    ({ session }) => session,
  );
  const [first] = lacking;
  const severity = gravityOfLag(lacking.length);
  if (first === undefined || severity === null) return [];
  const range = { from: first, to: first };
  const evidence = { newest, due, sessionsBehind: lacking.length };
  return [{ ...ofSource(source), rule: 'staleness', severity, range, evidence }];
}
