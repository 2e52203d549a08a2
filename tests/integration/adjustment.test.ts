import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { learnActions } from '../../src/pipelines/actions/learn-actions.ts';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { untold, type CorporateAction } from '../../src/domain/corporate-action.ts';
import { readBars, type Adjustment } from '../../src/store/adjusted-bars.ts';
import { writeActions } from '../../src/store/corporate-actions.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars, type IncomingBar } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { hasFixtures, readCsv } from '../support/fixtures.ts';
import type { SourceName } from '../../src/domain/source.ts';

let store: TestDatabase;
const runId = randomUUID();
const observedAt = '2021-04-10T12:00:00.000Z';
/** When the actions of these tests were told: all but the announced ones have come. */
const toldAt = '2025-06-01T12:00:00.000Z';

beforeAll(async () => {
  store = await freshDatabase();
  const startedAt = '2021-04-10T12:00:00.000Z';
  await insertRun(store.db, {
    workflowId: 'test',
    runId,
    flow: 'test',
    parameters: {},
    sessions: { range: { from: '2024-01-02', to: '2024-01-02' }, sessions: [], again: [] },
    startedAt,
  });
});
afterAll(() => store.close());

async function instrument(symbol: string): Promise<number> {
  const unknown = { name: null, type: 'CS', exchange: 'XNAS', figi: null, cik: null, currency: 'USD' };
  await transaction(store, (tx) =>
    saveInstruments(tx, [{ ...unknown, symbol, active: true, listedOn: null, delistedOn: null }]),
  );
  const row = await store.db
    .selectFrom('market.instruments')
    .select('id')
    .where('symbol', '=', symbol)
    .executeTakeFirstOrThrow();
  return row.id;
}

const split = (exDate: string, ratio: number, over: Partial<CorporateAction> = {}): CorporateAction => ({
  ...untold,
  kind: ratio > 1 ? 'split' : 'reverse_split',
  exDate,
  ratio,
  ...over,
});
const dividend = (exDate: string, amount: number, over: Partial<CorporateAction> = {}): CorporateAction => ({
  ...untold,
  kind: 'cash_dividend',
  exDate,
  amount,
  dividendType: 'regular',
  ...over,
});
const flat = (session: string, price: number, over: Partial<IncomingBar> = {}) => ({
  session,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1000,
  vwap: null,
  trades: null,
  settled: true,
  endpoint: 'series' as const,
  observedAt,
  ...over,
});

async function bars(
  instrumentId: number,
  source: SourceName,
  rows: readonly Omit<IncomingBar, 'instrumentId'>[],
) {
  await transaction(store, (tx) =>
    writeBars(
      tx,
      { source, interval: '1d', runId },
      incomingBars(rows.map((row) => ({ ...row, instrumentId }))),
    ),
  );
}

/** Prices as traded that show a split. */
const showing = (id: number, before: string, exDate: string, ratio: number) =>
  bars(id, 'polygon', [flat(before, 400), flat(exDate, 400 / ratio)]);

const learn = (instrumentId: number, source: SourceName, ...actions: readonly CorporateAction[]) =>
  learnActions(
    store,
    { source, runId },
    actions.map((action) => ({ ...action, instrumentId, observedAt: toldAt })),
  );

async function closes(instrumentId: number, source: SourceName, adjust: Adjustment) {
  const range = { from: '1990-01-01', to: '2030-12-31' };
  const read = await readBars(store.db, { instrumentId, source, interval: '1d', range, adjust });
  return read.map(({ close }) => close);
}

describe('prices as traded', () => {
  test('are divided by what later splits make of a share, and volumes multiplied', async () => {
    const id = await instrument('SPLT');
    await bars(id, 'polygon', [flat('2020-08-27', 400), flat('2020-08-28', 404), flat('2020-08-31', 101)]);
    await learn(id, 'polygon', split('2020-08-31', 4));
    expect(await closes(id, 'polygon', 'raw')).toEqual([400, 404, 101]);
    expect(await closes(id, 'polygon', 'split')).toEqual([100, 101, 101]);
    const range = { from: '2020-08-28', to: '2020-08-31' };
    const read = await readBars(store.db, {
      instrumentId: id,
      source: 'polygon',
      interval: '1d',
      range,
      adjust: 'split',
    });
    expect(read.map(({ volume }) => volume)).toEqual([4000, 1000]);
  });

  test('have dividends taken out before their ex-date, in the shares of the day before', async () => {
    const id = await instrument('BOTH');
    await bars(id, 'polygon', [flat('2020-08-27', 400), flat('2020-08-28', 400), flat('2020-08-31', 99)]);
    await learn(id, 'polygon', split('2020-08-31', 4), dividend('2020-08-31', 1));
    // 1 a new share is 4 an old one: 1 % of 400.
    const [first = 0, second = 0, third = 0] = await closes(id, 'polygon', 'total');
    expect([first, second, third]).toEqual([expect.closeTo(99, 9), expect.closeTo(99, 9), 99]);
  });

  test('do not change for an action that is still to come', async () => {
    const id = await instrument('SOON');
    await bars(id, 'polygon', [flat('2020-08-27', 400)]);
    await learn(id, 'polygon', split('2199-01-04', 4), dividend('2199-01-04', 1));
    expect(await closes(id, 'polygon', 'total')).toEqual([400]);
  });
});

describe('prices that their source has adjusted', () => {
  test('are brought back by every split between the bar and their basis, and no other', async () => {
    const id = await instrument('BASE');
    await showing(id, '2021-07-19', '2021-07-20', 4);
    await showing(id, '2024-06-07', '2024-06-10', 10);
    await learn(id, 'polygon', split('2021-07-20', 4), split('2024-06-10', 10));
    await bars(id, 'yahoo', [
      flat('2021-02-01', 13, { splitBasis: '2025-02-22' }),
      flat('2021-02-02', 130, { splitBasis: '2022-01-01' }),
      flat('2021-07-20', 13, { splitBasis: '2025-02-22' }),
    ]);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([520, 520, 130]);
    expect(await closes(id, 'yahoo', 'split')).toEqual([13, 13, 13]);
  });

  test('under a new basis are no revision of price', async () => {
    const id = await instrument('REBA');
    await showing(id, '2021-03-12', '2021-03-15', 4);
    await bars(id, 'yahoo', [flat('2021-02-01', 400, { splitBasis: '2021-03-01' })]);
    await learn(id, 'polygon', split('2021-03-15', 4));
    const later = { splitBasis: '2021-04-01', observedAt: '2021-04-11T00:00:00.000Z' };
    await bars(id, 'yahoo', [flat('2021-02-01', 100, { ...later, volume: 4000 })]);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([400]);
    const revisions = await store.db
      .selectFrom('market.bar_revisions')
      .selectAll()
      .where('instrument_id', '=', id)
      .execute();
    expect(revisions).toEqual([]);
  });

  test('that differ under a new basis by more than the split are one', async () => {
    const id = await instrument('REVI');
    await showing(id, '2021-03-12', '2021-03-15', 4);
    await bars(id, 'yahoo', [flat('2021-02-01', 400, { splitBasis: '2021-03-01' })]);
    await learn(id, 'polygon', split('2021-03-15', 4));
    const later = { splitBasis: '2021-04-01', observedAt: '2021-04-11T00:00:00.000Z' };
    await bars(id, 'yahoo', [flat('2021-02-01', 101, { ...later, volume: 4000 })]);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([404]);
    const { rows } = await sql`
      select close from market.bar_revisions where instrument_id = ${id}`.execute(store.db);
    expect(rows).toEqual([{ close: 400 }]);
  });

  test('and are the same numbers were judged wrongly before: that is a revision', async () => {
    const id = await instrument('SAME');
    await showing(id, '2021-03-12', '2021-03-15', 4);
    await learn(id, 'polygon', split('2021-03-15', 4));
    await bars(id, 'yahoo', [flat('2021-02-01', 400, { splitBasis: '2021-04-01' })]);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([1600]);
    const observedAt = '2021-04-11T00:00:00.000Z';
    await bars(id, 'yahoo', [flat('2021-02-01', 400, { splitBasis: '2021-03-14', observedAt })]);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([400]);
    const noted = () =>
      sql`select close, split_basis as basis from market.bar_revisions where instrument_id = ${id}`.execute(
        store.db,
      );
    expect((await noted()).rows).toEqual([{ close: 400, basis: '2021-04-01' }]);
    // Between these two lies no split: nothing has changed.
    const again = { splitBasis: '2021-03-01', observedAt: '2021-04-12T00:00:00.000Z' };
    await bars(id, 'yahoo', [flat('2021-02-01', 400, again)]);
    expect((await noted()).rows).toHaveLength(1);
  });

  test('in 32 bits do not change by their last digit', async () => {
    const id = await instrument('FLT');
    await bars(id, 'yahoo', [flat('2021-02-01', 185.64, { splitBasis: '2021-03-01' })]);
    const later = { splitBasis: '2021-04-01', observedAt: '2021-04-11T00:00:00.000Z' };
    await bars(id, 'yahoo', [flat('2021-02-01', 185.64001, { ...later })]);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([185.64]);
  });

  test('stored before their split was known are marked by what they show', async () => {
    const id = await instrument('LATE');
    // Read after the split, which Yahoo had not applied yet.
    await bars(id, 'yahoo', [
      flat('2020-08-28', 404, { splitBasis: '2020-08-31' }),
      flat('2020-08-31', 101, { splitBasis: '2020-08-31' }),
    ]);
    await learn(id, 'polygon', split('2020-08-31', 4));
    expect(await closes(id, 'yahoo', 'raw')).toEqual([404, 101]);
    expect(await closes(id, 'yahoo', 'split')).toEqual([101, 101]);
  });
});

describe('several sources', () => {
  async function findings(id: number) {
    const { rows } = await sql<{ rule: string }>`
      select rule from market.quality_findings where instrument_id = ${id} and status = 'open'`.execute(
      store.db,
    );
    return rows.map(({ rule }) => rule);
  }
  async function statuses(id: number) {
    const { rows } = await sql<{ source: SourceName; status: string }>`
      select source, status from market.corporate_actions where instrument_id = ${id} order by id`.execute(
      store.db,
    );
    return rows.map(({ source, status }) => `${source} ${status}`);
  }

  test('that tell of the same split count it once', async () => {
    const id = await instrument('TWICE');
    await bars(id, 'polygon', [flat('2020-08-28', 404), flat('2020-08-31', 101)]);
    await learn(
      id,
      'polygon',
      split('2020-08-31', 4, { providerId: 'a' }),
      split('2020-08-31', 4, { providerId: 'b' }),
    );
    await learn(id, 'yahoo', split('2020-09-01', 4));
    expect(await closes(id, 'polygon', 'split')).toEqual([101, 101]);
    expect(await statuses(id)).toEqual(['polygon effective', 'polygon refused', 'yahoo shadowed']);
  });

  test('of which one tells of a split that prices do not show: it does not count, and is found', async () => {
    const id = await instrument('PHAN');
    await bars(id, 'polygon', [flat('2020-08-28', 404), flat('2020-08-31', 405)]);
    await learn(id, 'yahoo', split('2020-08-31', 4));
    await learn(id, 'yahoo', split('2020-08-31', 4));
    expect(await closes(id, 'polygon', 'split')).toEqual([404, 405]);
    expect(await statuses(id)).toEqual(['yahoo refused']);
    expect(await findings(id)).toEqual(['split_not_in_prices']);
  });

  test('of which one lacks a split that prices as traded cannot show: it waits for the other to tell', async () => {
    const id = await instrument('LACK');
    await bars(id, 'yahoo', [
      flat('2020-08-28', 101, { splitBasis: '2020-09-30' }),
      flat('2020-08-31', 101, { splitBasis: '2020-09-30' }),
    ]);
    await learn(id, 'polygon', split('2020-08-31', 4));
    expect(await findings(id)).toEqual(['split_not_in_prices']);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([101]);
    await learn(id, 'yahoo', split('2020-08-31', 4));
    expect(await findings(id)).toEqual([]);
    expect(await closes(id, 'yahoo', 'raw')).toEqual([404, 101]);
  });

  test('of which one lacks a split that prices show: it counts, with one finding until the other tells as well', async () => {
    const id = await instrument('LACK2');
    await showing(id, '2020-08-28', '2020-08-31', 4);
    await bars(id, 'yahoo', [
      flat('2020-08-28', 100, { splitBasis: '2020-09-30' }),
      flat('2020-08-31', 100, { splitBasis: '2020-09-30' }),
    ]);
    await learn(id, 'polygon', split('2020-08-31', 4));
    expect(await findings(id)).toEqual(['split_by_one_source']);
    await learn(id, 'yahoo', split('2020-08-31', 4));
    expect(await findings(id)).toEqual([]);
  });

  test('that pay other dividends: the first is believed, and what differs is found', async () => {
    const id = await instrument('DIVS');
    await bars(id, 'polygon', [flat('2020-08-27', 100), flat('2020-08-28', 100), flat('2020-08-31', 99)]);
    await learn(id, 'polygon', dividend('2020-08-28', 1));
    await learn(id, 'yahoo', dividend('2020-08-28', 1.5, { amountBasis: '2021-04-10' }));
    expect(await closes(id, 'polygon', 'total')).toEqual([expect.closeTo(99, 9), 100, 99]);
    expect(await findings(id)).toEqual(['dividends_differ']);
  });

  test('a dividend above the price is refused with a finding', async () => {
    const id = await instrument('NONS');
    await bars(id, 'polygon', [flat('2020-08-27', 100), flat('2020-08-28', 100)]);
    await learn(id, 'polygon', dividend('2020-08-28', 250));
    expect(await closes(id, 'polygon', 'total')).toEqual([100, 100]);
    expect(await findings(id)).toEqual(['dividend_is_nonsense']);
  });

  async function paid(id: number) {
    const { rows } = await sql<{ amount: number; revisions: number }>`
      select amount, (select count(*)::int from market.corporate_action_revisions where action_id = action.id) as revisions
      from market.corporate_actions action where instrument_id = ${id} and amount is not null order by ex_date`.execute(
      store.db,
    );
    return rows;
  }
  const adjustedTo = (amountBasis: string) => ({ amountBasis, currency: 'USD' });

  test('amounts that a source has split-adjusted are kept as they were paid', async () => {
    const id = await instrument('PAID');
    await showing(id, '2020-08-28', '2020-08-31', 4);
    await learn(id, 'polygon', split('2020-08-31', 4));
    await transaction(store, (tx) =>
      writeActions(tx, { source: 'yahoo', runId }, [
        { ...dividend('2020-08-07', 0.205, adjustedTo('2021-04-10')), instrumentId: id, observedAt },
      ]),
    );
    expect(await paid(id)).toEqual([{ amount: 0.82, revisions: 0 }]);
  });

  test('follow the splits that become known, change, and are refused; which revises nothing', async () => {
    const id = await instrument('FOLLOW');
    const shows = (ratio: number) =>
      sql`update market.daily_bars set open = ${400 / ratio}::float8, close = ${400 / ratio}::float8
        where instrument_id = ${id} and session_date = '2020-08-31'`.execute(store.db);
    await showing(id, '2020-08-28', '2020-08-31', 2);
    await learn(id, 'yahoo', dividend('2020-08-07', 0.205, adjustedTo('2021-04-10')));
    expect(await paid(id)).toEqual([{ amount: 0.205, revisions: 0 }]);
    await learn(id, 'polygon', split('2020-08-31', 2, { providerId: 'follow' }));
    expect(await paid(id)).toEqual([{ amount: 0.41, revisions: 0 }]);
    await shows(4);
    await learn(id, 'polygon', split('2020-08-31', 4, { providerId: 'follow' }));
    expect(await paid(id)).toEqual([{ amount: 0.82, revisions: 0 }]);
    // No price shows it.
    await shows(1);
    await learn(id, 'polygon', dividend('2020-11-06', 0.2, { providerId: 'later' }));
    expect(await paid(id)).toEqual([
      { amount: 0.205, revisions: 0 },
      { amount: 0.2, revisions: 0 },
    ]);
  });

  test('told anew by a later split are the same cash, rounded as they may be; another amount is a revision', async () => {
    const id = await instrument('AGAIN');
    await showing(id, '2020-08-28', '2020-08-31', 28);
    const tell = (amount: number, amountBasis: string) =>
      learn(id, 'yahoo', dividend('2020-08-07', amount, adjustedTo(amountBasis)));
    await tell(0.57, '2020-08-10');
    await learn(id, 'polygon', split('2020-08-31', 28));
    await tell(0.020357, '2020-09-10');
    expect(await paid(id)).toEqual([{ amount: 0.57, revisions: 0 }]);
    await tell(0.025, '2020-09-11');
    expect(await paid(id)).toEqual([{ amount: expect.closeTo(0.7, 9) as unknown, revisions: 1 }]);
  });

  test('told with the split that they are adjusted for are brought back by it, those after it are not', async () => {
    const id = await instrument('FIRST');
    await showing(id, '2020-08-28', '2020-08-31', 4);
    const told = adjustedTo('2021-04-10');
    await learn(
      id,
      'yahoo',
      dividend('2020-08-07', 0.205, told),
      dividend('2020-11-06', 0.2, told),
      split('2020-08-31', 4),
    );
    expect(await paid(id)).toEqual([
      { amount: 0.82, revisions: 0 },
      { amount: 0.2, revisions: 0 },
    ]);
  });

  test('told by a split that waits for prices are the same cash already', async () => {
    const id = await instrument('WAIT');
    const write = (...actions: readonly CorporateAction[]) =>
      transaction(store, (tx) =>
        writeActions(
          tx,
          { source: 'yahoo', runId },
          actions.map((action) => ({ ...action, instrumentId: id, observedAt: toldAt })),
        ),
      );
    await write(dividend('2020-08-07', 0.82, adjustedTo('2020-08-10')));
    expect(await write(split('2020-08-31', 4))).toEqual([id]);
    expect(await write(dividend('2020-08-07', 0.205, adjustedTo('2021-04-10')))).toEqual([]);
    expect(await write(dividend('2020-08-07', 0.3, adjustedTo('2021-04-10')))).toEqual([id]);
  });

  test('a currency and a pay date that are told later are taken in, without a revision', async () => {
    const id = await instrument('LATERON');
    const tell = (over: Partial<CorporateAction>) =>
      learn(id, 'polygon', dividend('2020-08-07', 0.5, { providerId: 'lateron', ...over }));
    await tell({ currency: 'CAD' });
    expect(await statuses(id)).toEqual(['polygon refused']);
    await tell({ currency: 'USD', payOn: '2020-08-20' });
    expect(await statuses(id)).toEqual(['polygon effective']);
    expect(await paid(id)).toEqual([{ amount: 0.5, revisions: 0 }]);
  });
});

describe.skipIf(!hasFixtures)('real prices (skipped where ../shared/fixtures is absent)', () => {
  test('Lean’s AAPL with its actions has the adjustment factors of Yahoo, to a tenth of a basis point', async () => {
    const id = await instrument('AAPL');
    const next = new Map<string, string>();
    const sessions = sessionsBetween({ from: '1998-01-01', to: '2021-12-31' }).map(({ session }) => session);
    sessions.forEach((session, index) => next.set(session, sessions[index + 1] ?? ''));
    await bars(
      id,
      'polygon',
      readCsv('bars/lean_AAPL_daily_raw.csv').map((row) => ({
        ...flat(row.date ?? '', Number(row.close)),
        volume: Number(row.volume),
      })),
    );
    const actions = readCsv('bars/lean_AAPL_events.csv').map(
      ({ last_session_before_event: day = '', kind, value }) => {
        const last = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
        const exDate = next.get(last) ?? '';
        // The file's values are worked out from factors of seven digits.
        return kind === 'split'
          ? split(exDate, Math.round(Number(value)))
          : dividend(exDate, Number(Number(value).toFixed(2)));
      },
    );
    await learn(id, 'polygon', ...actions);
    const range = { from: '2004-08-19', to: '2018-01-19' };
    const read = (adjust: Adjustment) =>
      readBars(store.db, { instrumentId: id, source: 'polygon', interval: '1d', range, adjust });
    const factors = new Map<string, number>();
    const [splits, totals] = [await read('split'), await read('total')];
    splits.forEach(({ session, close }, index) =>
      factors.set(session, (totals[index]?.close ?? NaN) / close),
    );
    const yahoo = readCsv('bars/yahoo_AAPL_daily_20040819_20180120.csv').map((row) => ({
      session: row.Date ?? '',
      factor: Number(row['Adj Close']) / Number(row.Close),
    }));
    const last = yahoo.at(-1);
    const lastOurs = factors.get(last?.session ?? '') ?? NaN;
    const apart = yahoo.map(({ session, factor }) => {
      const ours = (factors.get(session) ?? NaN) / lastOurs;
      return Math.abs(ours / (factor / (last?.factor ?? NaN)) - 1);
    });
    expect(apart.length).toBeGreaterThan(3000);
    expect(Math.max(...apart)).toBeLessThan(1e-5);
  });
});
