import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { splitFactors } from '../../src/domain/adjustment.ts';
import { addDays, dayNumber } from '../../src/domain/date-range.ts';
import type { SessionDate } from '../../src/domain/session.ts';
import { readBars } from '../../src/store/adjusted-bars.ts';
import { effectiveSplits } from '../../src/store/bar-series.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars, type IncomingBar } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
const runId = randomUUID();
const firstDay: SessionDate = '2009-12-01';
const observedAt = '2024-01-10T12:00:00.000Z';

beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

/** A stored bar, and the split basis that it is compared under. */
interface Based {
  readonly session: SessionDate;
  readonly basis: SessionDate | null;
  readonly other: SessionDate | null;
}

interface Action {
  readonly exDate: SessionDate;
  readonly ratio: number;
  readonly kind: string;
}

const date = fc.integer({ min: 0, max: 60 }).map((days) => addDays(firstDay, days));
const action = fc.record({
  exDate: date,
  ratio: fc.constantFrom(4, 2, 1.5, 1.0437, 0.1, 1 / 3),
  kind: fc.constantFrom('split', 'reverse_split', 'stock_dividend', 'spin_off'),
});
const based = fc.record({ session: date, basis: fc.option(date), other: fc.option(date) });

const cases = fc.record({
  actions: fc.uniqueArray(action, { maxLength: 6, selector: ({ exDate, kind }) => `${exDate} ${kind}` }),
  refused: fc.array(action, { maxLength: 2 }),
  bars: fc.uniqueArray(based, { minLength: 1, maxLength: 12, selector: ({ session }) => session }),
});

async function newInstrument(symbol: string): Promise<number> {
  const unknown = { name: null, type: 'CS', exchange: 'XNAS', figi: null, cik: null, currency: 'USD' };
  const reference = { ...unknown, symbol, active: true, listedOn: null, delistedOn: null };
  await transaction(store, (tx) => saveInstruments(tx, [reference]));
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments where symbol = ${symbol}`.execute(store.db);
  return rows[0]?.id ?? NaN;
}

async function tell(instrumentId: number, actions: readonly Action[], status: 'effective' | 'refused') {
  for (const [index, { exDate, ratio, kind }] of actions.entries())
    await sql`insert into market.corporate_actions (instrument_id, source, provider_id, kind, ex_date, ratio, status,
        run_id, observed_at, first_observed_at)
      values (${instrumentId}, 'polygon', ${`${instrumentId} ${status} ${index}`}, ${kind}, ${exDate}, ${ratio},
        ${status}, ${runId}, now(), now())`.execute(store.db);
}

const prices = { open: 100, high: 130, low: 90, close: 110, vwap: 105, volume: 5_000 };

function incoming(instrumentId: number, { session, basis }: Based): IncomingBar {
  const row = { instrumentId, session, splitBasis: basis, observedAt, trades: null };
  return { ...row, ...prices, settled: true, endpoint: 'series' };
}

const days = (dates: readonly (SessionDate | null)[]) =>
  dates.map((one) => (one === null ? -Infinity : dayNumber(one)));

/** What was handed out is taken out of the prices before. */
function withoutSpinOffs(
  today: Float64Array | undefined,
  actions: readonly Action[],
  day: readonly number[],
): Float64Array | undefined {
  const spinOffs = actions.filter(({ kind }) => kind === 'spin_off');
  return today?.map((factor, bar) =>
    spinOffs
      .filter(({ exDate }) => dayNumber(exDate) > (day[bar] ?? NaN))
      .reduce((left, { ratio }) => left / ratio, factor),
  );
}

/** Equal but for the order in which the factors were multiplied. */
const near = (value: number): unknown => expect.closeTo(value, 9);

test('prices and volumes as SQL adjusts them are those that TypeScript works out', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ actions, refused, bars }) => {
      const id = await newInstrument(`TWIN${(count += 1)}`);
      const sorted = [...bars].sort((a, b) => (a.session < b.session ? -1 : 1));
      const daily = sorted.map((bar) => incoming(id, bar));
      const hourly = daily.map((bar) => ({ ...bar, opensAt: `${bar.session}T14:30:00.000Z` }));
      await transaction(store, async (tx) => {
        await writeBars(tx, { source: 'yahoo', interval: '1d', runId }, incomingBars(daily));
        await writeBars(tx, { source: 'yahoo', interval: '1h', runId }, incomingBars(hourly));
      });
      await tell(id, actions, 'effective');
      await tell(id, refused, 'refused');
      const splits = (await effectiveSplits(store.db, [id])).get(id) ?? [];
      expect(splits).toHaveLength(actions.length);
      const day = days(sorted.map(({ session }) => session));
      const factors = splitFactors(splits, { day, basis: days(sorted.map(({ basis }) => basis)) });
      for (const interval of ['1d', '1h'] as const)
        for (const [adjust, multiplied, divided] of [
          ['raw', factors?.own, factors?.own],
          ['split', factors?.today, factors?.today],
          ['total', withoutSpinOffs(factors?.today, actions, day), factors?.today],
        ] as const) {
          const range = { from: firstDay, to: addDays(firstDay, 60) };
          const read = await readBars(store.db, {
            instrumentId: id,
            source: 'yahoo',
            interval,
            range,
            adjust,
          });
          const expected = sorted.map(({ session }, bar) => {
            const factor = multiplied?.[bar] ?? 1;
            const shares = divided?.[bar] ?? 1;
            const { open, high, low, close, vwap, volume } = prices;
            return {
              session,
              ...{ open: near(open * factor), high: near(high * factor), low: near(low * factor) },
              ...{ close: near(close * factor), vwap: near(vwap * factor), volume: near(volume / shares) },
            };
          });
          expect(read).toMatchObject(expected);
        }
      const under = splitFactors(splits, { day, basis: days(sorted.map(({ other }) => other)) });
      const { rows } = await sql<{ change: number }>`
        select market.basis_change(${id}::int, session, basis, other) as change
        from unnest(${sorted.map(({ session }) => session)}::date[], ${sorted.map(({ basis }) => basis)}::date[],
          ${sorted.map(({ other }) => other)}::date[]) as bar(session, basis, other)
        order by session`.execute(store.db);
      expect(rows).toEqual(
        sorted.map((_, bar) => ({
          change: near((factors?.own[bar] ?? 1) / (under?.own[bar] ?? 1)),
        })),
      );
    }),
    { seed: 20_100_101, numRuns: 60 },
  );
});
