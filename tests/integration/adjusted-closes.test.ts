import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { dayNumber } from '../../src/domain/date-range.ts';
import { validateBatch } from '../../src/pipelines/quality/validate-batch.ts';
import { storedSteps, writeSteps, type IncomingSteps } from '../../src/store/adjusted-closes.ts';
import { readFindings } from '../../src/store/read-findings.ts';
import { transaction } from '../../src/store/transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { emptyTables } from '../support/empty-tables.ts';
import { storedSeries, type DatedBar, type StoredSeries } from '../support/stored-series.ts';

let store: TestDatabase;
let yahoo: StoredSeries;
let [one, two] = [0, 0];
const runId = '00000000-0000-4000-8000-000000000001';
const range = { from: '2023-01-03', to: '2023-12-29' };
const sessions = sessionDatesBetween(range);
const tables = ['adjusted_steps', 'adjusted_closes', 'corporate_actions', 'quality_findings', 'daily_bars'];

beforeAll(async () => {
  store = await freshDatabase();
  yahoo = await storedSeries(store, 'yahoo');
  one = await yahoo.instrument('ONE');
  two = await yahoo.instrument('TWO');
});
afterAll(() => store.close());
beforeEach(() => emptyTables(store, tables));

const write = (...answers: readonly IncomingSteps[]) =>
  transaction(store, (tx) => writeSteps(tx, 'yahoo', answers));
const known = async (id = one) => (await storedSteps(store.db, 'yahoo', [id])).get(id);
const at = (hour: number) => new Date(Date.UTC(2024, 0, 1, hour)).toISOString();

interface Told {
  readonly first: number;
  readonly length: number;
  readonly stepsAt: readonly number[];
  readonly share: number;
}

function answerOf({ first, length, stepsAt, share }: Told, hour: number): IncomingSteps {
  const last = first + length;
  const days = stepsAt.filter((day) => day >= first && day <= last);
  const steps = [...new Set(days)].map((day) => ({ day, before: day - 1, share }));
  return { instrumentId: one, observedAt: at(hour), first, last, steps };
}

const answers = fc.array(
  fc.record({
    first: fc.integer({ min: 19_000, max: 19_060 }),
    length: fc.integer({ min: 0, max: 30 }),
    stepsAt: fc.array(fc.integer({ min: 19_000, max: 19_090 }), { maxLength: 8 }),
    share: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** What is known of a day: the share of its step, 0 for none; absent: nothing. */
function byDay(all: readonly Pick<IncomingSteps, 'first' | 'last' | 'steps'>[]): ReadonlyMap<number, number> {
  const days = new Map<number, number>();
  for (const { first, last, steps } of all) {
    for (let day = first; day <= last; day += 1) days.set(day, 0);
    for (const { day, share } of steps) days.set(day, share);
  }
  return days;
}

async function knownDays(): Promise<ReadonlyMap<number, number>> {
  const { covered = [], steps = [] } = (await known()) ?? {};
  const days = byDay(covered.map(([first, last]) => ({ first, last, steps: [] })));
  return new Map([...days, ...byDay([{ first: 0, last: -1, steps }])]);
}
const sorted = (days: ReadonlyMap<number, number>) => [...days].sort(([day], [other]) => day - other);

describe('what is told of adjusted closes', () => {
  test('is for each day what the last answer has told of it, one after the other or at once, twice too', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.boolean(), async (told, atOnce) => {
        await emptyTables(store, tables);
        const all = told.map(answerOf);
        const other = { ...all[0], instrumentId: two } as IncomingSteps;
        if (atOnce) await write(...all.toReversed(), other);
        else for (const answer of all) await write(answer);
        expect(sorted(await knownDays())).toEqual(sorted(byDay(all)));
        await write(all.at(-1) ?? other);
        expect(sorted(await knownDays())).toEqual(sorted(byDay(all)));
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  test('is what a later answer has told, where an earlier one is written after it', async () => {
    const told = (first: number, share: number) => ({ first, length: 10, stepsAt: [19_005, 19_015], share });
    await write(answerOf(told(19_000, 0.2), 2));
    await write(answerOf(told(19_005, 0.1), 1));
    expect((await known())?.steps).toMatchObject([
      { day: 19_005, share: 0.2 },
      { day: 19_015, share: 0.1 },
    ]);
    expect((await known())?.covered).toEqual([[19_000, 19_015]]);
  });

  test('two answers side by side say nothing of the step between them that neither has', async () => {
    // Rows of 19,000 to 19,010, and of 19,011 to 19,020.
    await write(answerOf({ first: 19_001, length: 9, stepsAt: [], share: 0 }, 1));
    await write(answerOf({ first: 19_012, length: 8, stepsAt: [], share: 0 }, 1));
    expect((await known())?.covered).toEqual([
      [19_001, 19_010],
      [19_012, 19_020],
    ]);
  });
});

describe('judged with stored bars', () => {
  const exDate = sessions[60] ?? '';
  const before = sessions[59] ?? '';
  /** Each session 1 % up and down, on volumes that differ. */
  const bars = (price: number) =>
    sessions.map((session, row): DatedBar => {
      const [open, close] = row % 2 === 0 ? [price, price * 1.01] : [price * 1.01, price];
      return [session, [open, price * 1.02, price * 0.99, close, 1000 + row]];
    });
  const closeBefore = 100;
  const steps = (share: number, session = exDate, from = before) =>
    write({
      instrumentId: one,
      observedAt: new Date().toISOString(),
      first: dayNumber(sessions[1] ?? ''),
      last: dayNumber(range.to),
      steps: share === 0 ? [] : [{ day: dayNumber(session), before: dayNumber(from), share }],
    });
  const pay = (amount: number, { date = exDate, status = 'effective', source = 'yahoo' } = {}) =>
    sql`insert into market.corporate_actions (instrument_id, source, kind, dividend_type, ex_date, amount, told_amount,
        status, run_id, observed_at, first_observed_at)
      values (${one}, ${source}, 'cash_dividend', 'regular', ${date}, ${amount}, ${amount}, ${status}, ${runId}, now(), now())`.execute(
      store.db,
    );
  async function found(over: { readonly from?: string; readonly to?: string } = {}) {
    const wish = { runId, range: { ...range, ...over }, checks: ['adjusted_close'] as const };
    await validateBatch(store, wish, [one, two]);
    const all = await readFindings(store.db, { instrumentIds: null, severity: null, status: null });
    return all.map(({ from, rule, severity, status, source, evidence }) => {
      const { fields = [] } = evidence as { readonly fields?: readonly { readonly what: string }[] };
      return `${source} ${from} ${rule} ${severity} ${status}: ${fields.map(({ what }) => what).join(', ')}`;
    });
  }
  beforeEach(() => yahoo.write(one, bars(100)));

  test('a dividend that its source has applied is no finding, one that it has not is, until it has', async () => {
    await pay(2);
    await steps(0.02);
    expect(await found()).toEqual([]);
    await steps(0);
    const fault = (status: string) =>
      `yahoo ${exDate} adjusted_close warn ${status}: a payment that is not applied`;
    expect(await found()).toEqual([fault('open')]);
    await steps(0.02);
    // Of other days it is not judged, and stays.
    expect(await found({ to: before })).toEqual([fault('open')]);
    expect(await found()).toEqual([fault('repaired')]);
  });

  test('a dividend of a day whose steps nobody has told is no finding', async () => {
    await pay(2);
    expect(await found()).toEqual([]);
  });

  test('amounts are in the shares of their day, whatever splits came later', async () => {
    await yahoo.write(one, bars(25), range.to);
    await yahoo.split(one, sessions[100] ?? '', 4);
    await pay((8 * closeBefore) / 100);
    await steps(0.08 / 4);
    expect(await found()).toEqual([`yahoo ${exDate} adjusted_close warn open: another amount than was paid`]);
    await steps(0.08);
    expect(await found()).toEqual([
      `yahoo ${exDate} adjusted_close warn repaired: another amount than was paid`,
    ]);
  });

  test('a dividend on the day of a split is in the shares after it', async () => {
    await yahoo.write(one, bars(25), range.to);
    await yahoo.split(one, exDate, 4);
    await pay(0.5);
    await steps(0.02);
    expect(await found()).toEqual([]);
  });

  test('a day of which it is not decided what was paid is left alone', async () => {
    await pay(7, { status: 'pending' });
    await steps(0.02);
    expect(await found()).toEqual([]);
  });

  test('a payment that another source tells is one, and the own record beside it does no harm', async () => {
    await pay(2, { source: 'polygon' });
    await pay(2.01, { status: 'shadowed' });
    await steps(0.02);
    expect(await found()).toEqual([]);
  });

  test('a payment told twice within a few sessions is one, though one of the two is refused', async () => {
    await pay(2);
    await pay(2.1, { date: sessions[61] ?? '', status: 'refused' });
    await steps(0.02);
    expect(await found()).toEqual([
      `yahoo ${sessions[61]} adjusted_close error open: like amounts within a few sessions`,
    ]);
  });

  test('it blocks no field of the bar', async () => {
    await pay(1);
    await steps(0.02);
    expect(await found()).toEqual([`yahoo ${exDate} adjusted_close error open: a payment applied twice`]);
    const { rows } = await sql`select * from market.blocked_fields(array[${one}::int], 'yahoo')`.execute(
      store.db,
    );
    expect(rows).toEqual([]);
  });

  test("steps over bars that are another instrument's by now are none", async () => {
    await steps(0.02);
    await sql`delete from market.daily_bars where session_date = ${exDate}`.execute(store.db);
    expect(await found()).toEqual([]);
  });
});
