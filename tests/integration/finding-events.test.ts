import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settleFinding } from '../../src/operations/settle-finding.ts';
import { closeFindings, recordFindings } from '../../src/store/findings.ts';
import { migrate, released } from '../../src/store/migrate.ts';
import {
  eventsOfFinding,
  findFinding,
  type FindingEvent,
  type StoredFinding,
} from '../../src/store/read-findings.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let instrumentId = 0;

beforeAll(async () => {
  store = await freshDatabase();
  const { rows } = await sql<{ id: number }>`insert into market.instruments (symbol, type, active)
    values ('ONE', 'CS', true) returning id`.execute(store.db);
  instrumentId = rows[0]?.id ?? 0;
});
afterAll(() => store.close());

type Step =
  | { readonly kind: 'found'; readonly severity: StoredFinding['severity']; readonly low: number }
  | { readonly kind: 'gone' }
  | { readonly kind: 'said'; readonly status: 'open' | 'accepted'; readonly reason: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('found' as const),
      severity: fc.constantFrom('warn' as const, 'error' as const),
      low: fc.integer({ min: 1, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'gone' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('said' as const),
      status: fc.constantFrom('open' as const, 'accepted' as const),
      reason: fc.constantFrom('the tape', 'the filing'),
    }),
  },
);

type Standing = Pick<StoredFinding, 'status' | 'severity' | 'evidence' | 'reason'>;
type Told = Pick<FindingEvent, 'event' | 'runId' | 'person' | 'reason'>;

/** What a step makes of a finding, and what is told of that; null: it is refused. */
function expected(
  before: Standing | null,
  one: Step,
  runId: string,
): { readonly after: Standing | null; readonly told: readonly Told[] } | null {
  const byRun = { runId, person: null };
  if (one.kind === 'found') {
    const found = { severity: one.severity, evidence: { low: one.low } };
    if (before === null)
      return {
        after: { ...found, status: 'open', reason: null },
        told: [{ event: 'opened', ...byRun, reason: null }],
      };
    const isSame = before.severity === one.severity && before.evidence.low === one.low;
    if (before.status === 'repaired' || (before.status === 'accepted' && !isSame)) {
      const reason = before.status === 'repaired' ? 'it is found again' : 'it is not what was accepted';
      return { after: { ...found, status: 'open', reason }, told: [{ event: 'reopened', ...byRun, reason }] };
    }
    const told = isSame ? [] : [{ event: 'seen' as const, ...byRun, reason: null }];
    return { after: { ...before, ...found }, told };
  }
  if (one.kind === 'gone') {
    if (before?.status !== 'open') return { after: before, told: [] };
    const told = [{ event: 'repaired' as const, ...byRun, reason: null }];
    return { after: { ...before, status: 'repaired', reason: null }, told };
  }
  const { status, reason } = one;
  if (before === null || (before.status === 'repaired' && status === 'accepted')) return null;
  if (before.status === status && (status === 'open' || before.reason === reason))
    return { after: before, told: [] };
  const event = status === 'open' ? 'reopened' : 'accepted';
  return { after: { ...before, status, reason }, told: [{ event, runId: null, person: 'ann@desk', reason }] };
}

async function idOfRule(rule: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select id from market.quality_findings where rule = ${rule}`.execute(store.db);
  return rows[0]?.id ?? 0;
}

/** Takes a step; false: it was refused. */
async function take(one: Step, rule: string, runId: string): Promise<boolean> {
  const range = { from: '2024-01-02', to: '2024-01-02' };
  const place = { rule, instrumentId, source: 'polygon', interval: '1d', range } as const;
  if (one.kind === 'said') {
    const { status, reason } = one;
    const said = settleFinding(store, await idOfRule(rule), { status, reason, person: 'ann@desk' });
    return said.then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ name: 'FindingRefuses' });
        return false;
      },
    );
  }
  const found =
    one.kind === 'found' ? [{ ...place, severity: one.severity, evidence: { low: one.low } }] : [];
  await transaction(store, async (tx) => {
    await recordFindings(tx, runId, found);
    await closeFindings(tx, runId, { rules: [rule], instrumentIds: [instrumentId] }, found);
  });
  return true;
}

test('whatever is found, gone and said of a finding, in any order: its status and what is told of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const rule = `rule_${randomUUID()}`;
      let standing: Standing | null = null;
      const told: Told[] = [];
      for (const one of steps) {
        const runId = randomUUID();
        const next = expected(standing, one, runId);
        expect(await take(one, rule, runId)).toBe(next !== null);
        if (next === null) continue;
        standing = next.after;
        told.push(...next.told);
        const id = await idOfRule(rule);
        const stored = await findFinding(store.db, id);
        if (standing === null) expect(stored).toBeNull();
        else expect(stored).toMatchObject(standing);
        const events = await eventsOfFinding(store.db, id);
        expect(
          events.map(({ event, runId: run, person, reason }) => ({ event, runId: run, person, reason })),
        ).toEqual(told);
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});

test('of two in one answer with one key the same counts each time, whatever their order', async () => {
  const rule = 'twice';
  const place = { rule, instrumentId, source: null, interval: null, severity: 'warn' } as const;
  const range = { from: '2024-01-02', to: '2024-01-02' };
  const both = [1, 2].map((low) => ({ ...place, range, evidence: { low } }));
  await recordFindings(store.db, null, both);
  const id = await idOfRule(rule);
  await settleFinding(store, id, { status: 'accepted', reason: 'known', person: 'ann@desk' });
  await recordFindings(store.db, null, both.toReversed());
  expect((await findFinding(store.db, id))?.status).toBe('accepted');
});

test('who accepts while a run finds it otherwise has not accepted that', async () => {
  const rule = 'at_once';
  const place = { rule, instrumentId, source: null, interval: null, severity: 'warn' } as const;
  const finding = (low: number) => ({
    ...place,
    range: { from: '2024-01-02', to: '2024-01-02' },
    evidence: { low },
  });
  await recordFindings(store.db, null, [finding(1)]);
  const id = await idOfRule(rule);
  const said = { status: 'accepted', reason: 'known', person: 'ann@desk' } as const;
  await Promise.all([settleFinding(store, id, said), recordFindings(store.db, null, [finding(2)])]);
  const { status, evidence } = (await findFinding(store.db, id)) ?? {};
  const events = await eventsOfFinding(store.db, id);
  const accepted = events.find(({ event }) => event === 'accepted')?.evidence;
  // Either order is right; what counts is what was there when the person spoke.
  expect({ status, evidence }).toEqual({
    status: accepted?.low === 2 ? 'accepted' : 'open',
    evidence: { low: 2 },
  });
});

test('findings of before have a beginning, and an end where they have ended', async () => {
  const old = await freshDatabase({ template: 'template1' });
  try {
    await migrate(old.db, Object.fromEntries(Object.entries(released).filter(([name]) => name < '0005')));
    await sql`insert into market.quality_findings (rule, severity, status, range_start, range_end, evidence, reason)
      values ('a', 'warn', 'open', '2024-01-02', '2024-01-02', '{}', null),
        ('b', 'error', 'repaired', '2024-01-02', '2024-01-02', '{"low": 1}', null),
        ('c', 'info', 'accepted', '2024-01-02', '2024-01-02', '{}', 'known')`.execute(old.db);
    await migrate(old.db);
    const { rows } = await sql`
      select f.rule, e.event, e.severity, e.evidence, e.reason from market.finding_events e
      join market.quality_findings f on f.id = e.finding_id order by f.rule, e.id`.execute(old.db);
    expect(rows).toEqual([
      { rule: 'a', event: 'opened', severity: 'warn', evidence: {}, reason: null },
      { rule: 'b', event: 'opened', severity: 'error', evidence: { low: 1 }, reason: null },
      { rule: 'b', event: 'repaired', severity: 'error', evidence: { low: 1 }, reason: null },
      { rule: 'c', event: 'opened', severity: 'info', evidence: {}, reason: null },
      { rule: 'c', event: 'accepted', severity: 'info', evidence: {}, reason: 'known' },
    ]);
  } finally {
    await old.close();
  }
});
