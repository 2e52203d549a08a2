import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/domain/date-range.ts';
import type { InstrumentReference } from '../../src/domain/instrument.ts';
import { readBars } from '../../src/store/adjusted-bars.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { openStore, requireConnection } from '../../src/store/database.ts';
import { claimMarket, MarketMismatch } from '../../src/store/installation.ts';
import { readUniverse, resolveSymbols, setListed } from '../../src/store/instruments.ts';
import { retireUnlisted, saveInstruments } from '../../src/store/save-instruments.ts';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import {
  DatabaseNotMigrated,
  migrate,
  migrationStatus,
  released,
  requireMigrated,
} from '../../src/store/migrate.ts';
import { insertRun } from '../../src/store/runs.ts';
import { transaction } from '../../src/store/transaction.ts';
import { incomingBars, type IncomingBar } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
const runId = randomUUID();

beforeAll(async () => {
  store = await freshDatabase();
  await insertRun(store.db, {
    runId,
    workflowId: 'store test',
    flow: 'polygon-historical-backfill',
    parameters: {},
    sessions: { range: { from: '2024-01-02', to: '2024-01-02' }, sessions: [], again: [] },
    startedAt: '2024-01-10T00:00:00Z',
  });
});
afterAll(() => store.close());

const reference = (symbol: string, over: Partial<InstrumentReference> = {}): InstrumentReference => ({
  symbol,
  name: null,
  type: 'CS',
  exchange: 'XNYS',
  figi: null,
  cik: null,
  currency: 'USD',
  active: true,
  listedOn: null,
  delistedOn: null,
  ...over,
});

async function instrumentId(symbol: string): Promise<number> {
  const resolution = (await resolveSymbols(store.db, [symbol])).get(symbol);
  if (resolution?.kind !== 'found') throw new Error(`${symbol} is not there`);
  return resolution.instrument.id;
}

/** The tables that the program knows, as its types name them. */
const knownTables = [...readFileSync('src/store/schema.ts', 'utf8').matchAll(/^ {2}'market\.(\w+)':/gm)].map(
  ([, name = '']) => name,
);

describe('migrations', () => {
  test('from nothing, in their order, make every table that the program knows, and no other', async () => {
    const empty = await freshDatabase({ template: 'template1' });
    expect(await migrate(empty.db)).toEqual(Object.keys(released));
    await requireMigrated(empty.db);
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class where relnamespace = 'market'::regnamespace and relkind in ('r', 'p')
        and not relispartition order by relname collate "C"`.execute(empty.db);
    expect(rows.map(({ name }) => name)).toEqual(knownTables.toSorted());
    await empty.close();
  });

  test('a second one applies nothing', async () => {
    expect(await migrate(store.db)).toEqual([]);
    expect((await migrationStatus(store.db)).every(({ appliedAt }) => appliedAt !== null)).toBe(true);
  });

  test('functions that are not those of this program are refused, and replaced by a migration', async () => {
    await sql`comment on schema market is 'functions of another program'`.execute(store.db);
    await sql`create or replace function market.share_ratio(instrument integer, after date, through date,
      with_spin_offs boolean) returns double precision language sql as 'select 0::float8'`.execute(store.db);
    await expect(requireMigrated(store.db)).rejects.toThrow(DatabaseNotMigrated);
    await migrate(store.db);
    await requireMigrated(store.db);
    const { rows } = await sql`
      select market.share_ratio(0, '2024-01-01', '2024-01-02', true) as ratio`.execute(store.db);
    expect(rows).toEqual([{ ratio: 1 }]);
  });

  test('a database of a later release is refused, and nothing is changed there', async () => {
    const later = sql`insert into public.kysely_migration (name, timestamp) values ('0999-later', now()::text)`;
    await later.execute(store.db);
    const named = { name: 'DatabaseNewer', message: expect.stringContaining('0999-later') as unknown };
    await expect(requireMigrated(store.db)).rejects.toMatchObject(named);
    await expect(migrate(store.db)).rejects.toMatchObject(named);
    const error: unknown = await migrate(store.db).catch((thrown: unknown) => thrown);
    expect(exitCodeOf(error)).toBe(2);
    await sql`delete from public.kysely_migration where name = '0999-later'`.execute(store.db);
    await requireMigrated(store.db);
  });

  test('a database remembers its market', async () => {
    await claimMarket(store.db, 'simulated');
    await claimMarket(store.db, 'simulated');
    await expect(claimMarket(store.db, 'live')).rejects.toThrow(MarketMismatch);
  });

  test('a session outside of every year partition is kept', async () => {
    const [id] = await newInstruments(['FAR']);
    expect(await write([bar(id, '2036-01-02')])).toMatchObject({ inserted: 1 });
  });
});

async function newInstruments(symbols: readonly string[]): Promise<readonly [number, ...number[]]> {
  await transaction(store, (tx) =>
    saveInstruments(
      tx,
      symbols.map((symbol) => reference(symbol)),
    ),
  );
  const [first = NaN, ...others] = await Promise.all(symbols.map(instrumentId));
  return [first, ...others];
}

const bar = (id: number, session: string, over: Partial<IncomingBar> = {}): IncomingBar => ({
  instrumentId: id,
  session,
  open: 10.1,
  high: 11.25,
  low: 9.999,
  close: 10.5,
  volume: 1234.5,
  vwap: 10.3,
  trades: 42,
  settled: true,
  endpoint: 'series',
  observedAt: '2024-01-10T12:00:00.000Z',
  ...over,
});

async function write(bars: readonly IncomingBar[]) {
  const counts = await transaction(store, (tx) =>
    writeBars(tx, { source: 'polygon', interval: '1d', runId }, incomingBars(bars)),
  );
  const all = [...counts.values()];
  const sum = (of: 'inserted' | 'revised' | 'settled') => all.reduce((total, count) => total + count[of], 0);
  return { inserted: sum('inserted'), revised: sum('revised'), settled: sum('settled') };
}

async function revisions(id: number) {
  const { rows } = await sql<{ close: number; observed_at: Date; replaced_at: Date }>`
    select close, observed_at, replaced_at from market.bar_revisions where instrument_id = ${id}
    order by observed_at`.execute(store.db);
  return rows;
}

const everything = { from: '1990-01-01', to: '2099-12-31' };
const read = (id: number) =>
  readBars(store.db, {
    instrumentId: id,
    source: 'polygon',
    interval: '1d',
    range: everything,
    adjust: 'raw',
  });

test('a database of a layout before the first release is named as that, and nothing is changed', async () => {
  const earlier = await freshDatabase();
  await sql`alter table market.runs drop column sessions`.execute(earlier.db);
  const named = { name: 'DatabaseOfAnEarlierLayout' };
  await expect(migrate(earlier.db)).rejects.toMatchObject(named);
  await expect(requireMigrated(earlier.db)).rejects.toMatchObject(named);
  await earlier.close();
});

describe('writing bars', () => {
  test('numbers come back to the last digit', async () => {
    const [id] = await newInstruments(['DIGITS']);
    const odd = { open: 0.1 + 0.2, high: 1e9 + 0.01, low: 1e-6, close: 185.63999938964844, volume: 25933.6 };
    await write([bar(id, '2024-01-02', { ...odd, vwap: null, trades: null })]);
    expect(await read(id)).toEqual([
      {
        session: '2024-01-02',
        opensAt: null,
        ...odd,
        vwap: null,
        trades: null,
        settled: true,
        observedAt: '2024-01-10T12:00:00.000Z',
      },
    ]);
  });

  test('the same again changes nothing', async () => {
    const [id] = await newInstruments(['TWICE']);
    const bars = Array.from({ length: 5000 }, (_, index) => bar(id, addDays('2001-01-01', index)));
    expect(await write(bars)).toEqual({ inserted: 5000, revised: 0, settled: 0 });
    const later = bars.map((one) => ({ ...one, observedAt: '2024-01-11T12:00:00.000Z' }));
    expect(await write(later)).toEqual({ inserted: 0, revised: 0, settled: 0 });
    expect((await read(id)).every(({ observedAt }) => observedAt === '2024-01-10T12:00:00.000Z')).toBe(true);
  });

  test('a changed value is one revision that keeps the earlier one', async () => {
    const [id] = await newInstruments(['CHANGED']);
    await write([bar(id, '2024-01-02', { close: 10 }), bar(id, '2024-01-03')]);
    const change = bar(id, '2024-01-02', { close: 20, observedAt: '2024-01-11T12:00:00.000Z' });
    expect(await write([change])).toEqual({ inserted: 0, revised: 1, settled: 0 });
    expect(await write([change])).toEqual({ inserted: 0, revised: 0, settled: 0 });
    expect((await read(id)).map(({ close }) => close)).toEqual([20, 10.5]);
    expect(await revisions(id)).toEqual([
      {
        close: 10,
        observed_at: new Date('2024-01-10T12:00:00Z'),
        replaced_at: new Date('2024-01-11T12:00:00Z'),
      },
    ]);
  });

  test('becoming settled is no revision, and settled stays settled', async () => {
    const [id] = await newInstruments(['SETTLES']);
    await write([bar(id, '2024-01-02', { settled: false })]);
    const final = bar(id, '2024-01-02', { observedAt: '2024-01-11T12:00:00.000Z' });
    expect(await write([final])).toEqual({ inserted: 0, revised: 0, settled: 1 });
    const provisional = { ...final, settled: false, close: 12, observedAt: '2024-01-12T12:00:00.000Z' };
    expect(await write([provisional])).toEqual({ inserted: 0, revised: 1, settled: 0 });
    expect(await read(id)).toMatchObject([{ close: 12, settled: true }]);
  });

  test('an older observation does not replace a newer one', async () => {
    const [id] = await newInstruments(['LATE']);
    await write([bar(id, '2024-01-02', { close: 20, observedAt: '2024-01-11T12:00:00.000Z' })]);
    expect(await write([bar(id, '2024-01-02', { close: 10 })])).toEqual({
      inserted: 0,
      revised: 0,
      settled: 0,
    });
    expect(await read(id)).toMatchObject([{ close: 20 }]);
  });

  test('two writers of the same bars in opposite order both succeed', async () => {
    const ids = await newInstruments(['RACE', 'RACF']);
    const bars = ids.flatMap((id) =>
      Array.from({ length: 300 }, (_, index) => bar(id, addDays('2010-01-01', index))),
    );
    await write(bars);
    const first = bars.map((one) => ({ ...one, close: 1, observedAt: '2024-01-11T12:00:00.000Z' }));
    const second = bars
      .map((one) => ({ ...one, close: 2, observedAt: '2024-01-12T12:00:00.000Z' }))
      .reverse();
    await Promise.all([write(first), write(second)]);
    const closes = (await Promise.all(ids.map(read))).flat().map(({ close }) => close);
    expect(new Set(closes)).toEqual(new Set([2]));
  });

  test('a failed transaction leaves nothing', async () => {
    const [id] = await newInstruments(['BROKEN']);
    const failing = transaction(store, async (tx) => {
      await writeBars(
        tx,
        { source: 'polygon', interval: '1d', runId },
        incomingBars([bar(id, '2024-01-02')]),
      );
      throw new Error('in the middle');
    });
    await expect(failing).rejects.toThrow('in the middle');
    expect(await read(id)).toEqual([]);
  });

  test('a key twice in one write is refused, and nothing of it stays', async () => {
    const [id] = await newInstruments(['DOUBLE']);
    await expect(write([bar(id, '2024-01-02'), bar(id, '2024-01-02', { close: 1 })])).rejects.toThrow(
      /second time/,
    );
    expect(await read(id)).toEqual([]);
  });
});

describe('instruments', () => {
  const kinds = async (...typed: string[]) =>
    [...(await resolveSymbols(store.db, typed)).values()].map((resolution) =>
      resolution.kind === 'found' ? resolution.instrument.symbol : resolution.kind,
    );

  test('a symbol is looked up as typed, then upper-cased, and never by luck', async () => {
    await transaction(store, (tx) =>
      saveInstruments(tx, [reference('CpK', { type: 'PFD' }), reference('CPK'), reference('KIMpL')]),
    );
    expect(await kinds('CpK', 'CPK', 'cpk', 'KIMpL', 'kimpl', 'NOSUCH')).toEqual([
      'CpK',
      'CPK',
      'CPK',
      'KIMpL',
      'ambiguous',
      'unknown',
    ]);
  });

  test('the same reference again is the same instrument', async () => {
    expect(
      await transaction(store, (tx) => saveInstruments(tx, [reference('SAME'), reference('SAME')])),
    ).toBe(1);
    const id = await instrumentId('SAME');
    expect(
      await transaction(store, (tx) => saveInstruments(tx, [reference('SAME', { name: 'Same Inc.' })])),
    ).toBe(0);
    expect(await instrumentId('SAME')).toBe(id);
  });

  test('an instrument that is delisted keeps its id, and its ticker may be listed anew', async () => {
    await transaction(store, (tx) => saveInstruments(tx, [reference('REUSED')]));
    const id = await instrumentId('REUSED');
    await transaction(store, (tx) =>
      saveInstruments(tx, [reference('REUSED', { active: false, delistedOn: '2020-06-30' })]),
    );
    expect(await instrumentId('REUSED')).toBe(id);
    await transaction(store, (tx) => saveInstruments(tx, [reference('REUSED', { listedOn: '2022-01-03' })]));
    expect(await instrumentId('REUSED')).not.toBe(id);
  });

  test('who takes over a ticker under another FIGI and CIK is another instrument', async () => {
    const save = (figi: string, cik: string) =>
      transaction(store, (tx) => saveInstruments(tx, [reference('TAKEN', { figi, cik })]));
    await save('F1', 'C1');
    const first = await instrumentId('TAKEN');
    expect(await save('F2', 'C1')).toBe(0);
    expect(await save('F3', 'C2')).toBe(1);
    const { rows } = await sql<{ id: number; figi: string; active: boolean }>`
      select id, figi, active from market.instruments where symbol = 'TAKEN' order by id`.execute(store.db);
    expect(rows).toMatchObject([
      { id: first, figi: 'F2', active: false },
      { figi: 'F3', active: true },
    ]);
    expect(await save('F3', 'C2')).toBe(0);
    expect(await save('F2', 'C1')).toBe(0);
    expect(await instrumentId('TAKEN')).toBe(first);
  });

  test('the universe is common stock, ADRs, ETFs and blanks, without test tickers, plus what was added', async () => {
    await transaction(store, (tx) =>
      saveInstruments(tx, [
        reference('UCS'),
        reference('UETF', { type: 'ETF' }),
        reference('UADR', { type: 'ADRC' }),
        reference('UBLANK', { type: null }),
        reference('UPFD', { type: 'PFD' }),
        reference('UWATCHED', { type: 'PFD' }),
        reference('UADDED', { type: 'PFD' }),
        reference('UREMOVED'),
        reference('ZVZZT'),
        reference('UGONE', { active: false, delistedOn: '2015-03-31' }),
      ]),
    );
    await setListed(store.db, 'watchlist', await instrumentId('UWATCHED'), true);
    await setListed(store.db, 'watchlist', await instrumentId('UREMOVED'), true);
    await setListed(store.db, 'universe', await instrumentId('UADDED'), true);
    await setListed(store.db, 'universe', await instrumentId('UREMOVED'), false);
    const symbols = async (range: Parameters<typeof readUniverse>[1]) =>
      (await readUniverse(store.db, range))
        .map(({ symbol }) => symbol)
        .filter((symbol) => /^(U|Z)/.test(symbol));
    expect(await symbols(null)).toEqual(['UADDED', 'UADR', 'UBLANK', 'UCS', 'UETF']);
    expect(await symbols({ from: '2015-01-01', to: '2015-12-31' })).toContain('UGONE');
    expect(await symbols({ from: '2016-01-01', to: '2016-12-31' })).not.toContain('UGONE');
  });

  test('what a whole list no longer names is no longer active', async () => {
    await transaction(store, (tx) => saveInstruments(tx, [reference('STAYS'), reference('LEAVES')]));
    const { rows } = await sql<{
      symbol: string;
    }>`select symbol from market.instruments where active`.execute(store.db);
    const retired = await retireUnlisted(
      store.db,
      'polygon',
      rows.map(({ symbol }) => symbol).filter((symbol) => symbol !== 'LEAVES'),
      { since: '2024-05-20', last: '2024-06-11' },
    );
    expect(retired).toEqual(['LEAVES']);
    const gone =
      await sql`select delisted_on, delisted_by from market.instruments where symbol = 'LEAVES'`.execute(
        store.db,
      );
    expect(gone.rows).toEqual([{ delisted_on: '2024-06-11', delisted_by: 'list' }]);
  });
});

test('an unreachable database is named without its password', async () => {
  const url = 'postgres://somebody:canary-password@127.0.0.1:1/none';
  const unreachable = openStore(url, { name: 'test' });
  const error = await requireConnection(unreachable, url).catch((thrown: unknown) => thrown);
  await unreachable.close();
  expect(String(error)).toContain('somebody@127.0.0.1:1/none');
  expect(String(error)).not.toContain('canary-password');
});
