import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knownSessionDays, sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { addDays } from '../../src/domain/date-range.ts';
import type { Interval } from '../../src/domain/interval.ts';
import { absentRanges } from '../../src/store/absent-ranges.ts';
import { writeAbsences, type IncomingAbsence } from '../../src/store/absences.ts';
import { settledIntradayDays } from '../../src/store/intraday-bars.ts';
import { saveInstruments } from '../../src/store/save-instruments.ts';
import { transaction } from '../../src/store/transaction.ts';
import { writeBars } from '../../src/store/write-bars.ts';
import { incomingBars } from '../support/bar-rows.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { seededRandom } from '../support/faulty-splits.ts';

let store: TestDatabase;
const runId = randomUUID();
const observedAt = '2024-03-01T22:00:00.000Z';

beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());

async function newInstrument(symbol: string): Promise<number> {
  const nothing = { name: null, figi: null, cik: null, listedOn: null, delistedOn: null };
  const reference = { symbol, type: 'CS', exchange: 'XNYS', currency: 'USD', active: true, ...nothing };
  await transaction(store, (tx) => saveInstruments(tx, [reference]));
  const { rows } = await sql<{ id: number }>`
    select id from market.instruments where symbol = ${symbol}`.execute(store.db);
  return rows[0]?.id ?? NaN;
}

type Said = Partial<Omit<IncomingAbsence, 'instrumentId' | 'session'>>;

const absencesOf = (id: number, sessions: readonly string[], said: Said = {}): readonly IncomingAbsence[] =>
  sessions.map((session) => ({
    ...{ instrumentId: id, session, reason: 'no_trade', confirmed: true, observedAt },
    ...said,
  }));

interface Came {
  readonly sessions?: readonly string[];
  readonly absences?: readonly IncomingAbsence[];
  readonly runId?: string;
  readonly interval?: Interval;
}

/** Stores what came as a batch of a run does. */
function come(id: number, { sessions = [], absences = [], ...by }: Came): Promise<void> {
  const origin = { source: 'polygon', interval: '1d', runId, ...by } as const;
  const values = { open: 10, high: 11, low: 9, close: 10.5, volume: 100, vwap: null, trades: null };
  const bars = incomingBars(
    sessions.map((session) => ({
      ...{ instrumentId: id, session, ...values, settled: true, endpoint: 'series', observedAt },
    })),
  );
  return transaction(store, async (tx) => {
    await writeBars(tx, origin, bars);
    await writeAbsences(tx, origin, { bars, absences }, knownSessionDays);
  });
}

const rowsOf = async (id: number) => {
  const { rows } = await sql<{
    first: string;
    last: string;
    reason: string;
    confirmed: boolean;
    run: string;
  }>`
    select session_date as first, last_session as last, reason, confirmed, run_id as run from market.bar_absences
    where instrument_id = ${id} order by session_date, opens_at`.execute(store.db);
  return rows.map(({ first, last, reason, confirmed }) => [first, last, reason, confirmed].join(' '));
};
const week = sessionDatesBetween({ from: '2024-01-02', to: '2024-01-12' });

test('sessions running are one row over weekends and holidays, and a bar cuts it', async () => {
  const id = await newInstrument('CUT');
  await come(id, { absences: absencesOf(id, sessionDatesBetween({ from: '2023-12-20', to: '2024-01-31' })) });
  expect(await rowsOf(id)).toEqual(['2023-12-20 2024-01-31 no_trade true']);
  await come(id, { sessions: ['2024-01-02', '2024-01-16', '2024-01-31'] });
  expect(await rowsOf(id)).toEqual([
    '2023-12-20 2023-12-29 no_trade true',
    '2024-01-03 2024-01-12 no_trade true',
    '2024-01-17 2024-01-30 no_trade true',
  ]);
});

test('an absence needs no further request, until a bar comes; where there is a bar none is entered', async () => {
  const id = await newInstrument('ABSENT');
  const absent = async () => {
    const range = { from: '1990-01-01', to: '2030-12-31' };
    const query = { instrumentIds: [id], source: 'polygon', interval: '1d', range } as const;
    return (await absentRanges(store.db, query)).get(id);
  };
  await come(id, { absences: absencesOf(id, ['2024-01-02']) });
  expect(await absent()).toEqual([[19_724, 19_724]]);
  await come(id, { sessions: ['2024-01-02'] });
  expect(await absent()).toBeUndefined();
  await come(id, { absences: absencesOf(id, ['2024-01-02']) });
  expect(await absent()).toBeUndefined();
});

test('a session that is absent as a whole is a range, a part of one a row that is not the whole', async () => {
  const id = await newInstrument('PARTS');
  const absences = [
    ...absencesOf(id, ['2024-01-02']),
    ...absencesOf(id, ['2024-01-03'], { opensAt: '2024-01-03T14:30:00.000Z' }),
  ];
  await come(id, { interval: '1h', absences });
  await come(id, { interval: '1h', absences });
  const range = { from: '2024-01-02', to: '2024-01-03' };
  const query = { instrumentIds: [id], source: 'polygon', interval: '1h' } as const;
  expect(await absentRanges(store.db, { ...query, range })).toEqual(new Map([[id, [[19_724, 19_724]]]]));
  const expectedOf = (bars: number) => [range.from, range.to].map((session) => ({ session, bars }));
  expect(await settledIntradayDays(store.db, { ...query, expected: expectedOf(390) })).toEqual(new Map());
  expect(await settledIntradayDays(store.db, { ...query, expected: expectedOf(1) })).toEqual(
    new Map([[id, Int32Array.of(19_725)]]),
  );
});

test('a doubt keeps when it was seen, and what is confirmed who confirmed it, whoever tells it again', async () => {
  const id = await newInstrument('TOLD');
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  const at = (day: string) => `2024-03-${day}T22:00:00.000Z`;
  const tell = (by: string, sessions: readonly string[], confirmed: boolean, day: string) =>
    come(id, { runId: by, absences: absencesOf(id, sessions, { confirmed, observedAt: at(day) }) });
  await tell(first, week.slice(0, 3), false, '01');
  await tell(second, week.slice(3, 5), false, '02');
  await tell(second, week.slice(0, 2), true, '02');
  await tell(third, week, true, '03');
  await tell(first, week, true, '04');
  const { rows } = await sql`select session_date, last_session, run_id, observed_at, tellers
    from market.bar_absences where instrument_id = ${id}`.execute(store.db);
  expect(rows).toEqual([
    {
      ...{ session_date: week[0], last_session: week.at(-1), run_id: third, observed_at: new Date(at('03')) },
      tellers: [
        { from: week[0], runId: second, observedAt: at('02') },
        { from: week[2], runId: third, observedAt: at('03') },
      ],
    },
  ]);
});

test('told again, absences are the same rows, not written once more', async () => {
  const id = await newInstrument('AGAIN');
  const versions = async () => {
    const { rows } =
      await sql`select ctid, xmin from market.bar_absences where instrument_id = ${id}`.execute(store.db);
    return rows;
  };
  const absences = absencesOf(id, week);
  await come(id, { absences });
  const before = await versions();
  await come(id, { absences });
  await come(id, { absences: absences.slice(2, 4), runId: randomUUID() });
  expect(await versions()).toEqual(before);
});

test('what several runs tell at once of one instrument is there once, and nothing of it is lost', async () => {
  const id = await newInstrument('CROWD');
  const random = seededRandom(12);
  const sessions = sessionDatesBetween({ from: '2022-01-03', to: '2023-12-29' });
  const parts = Array.from({ length: 40 }, () => {
    const from = Math.floor(random() * sessions.length);
    return sessions.slice(from, from + 1 + Math.floor(60 * random()));
  });
  const bars = sessions.filter(() => random() < 0.05);
  await Promise.all([
    ...parts.map((part) => come(id, { absences: absencesOf(id, part), runId: randomUUID() })),
    ...parts.map((part) => come(id, { absences: absencesOf(id, part) })),
  ]);
  await Promise.all(bars.map((session) => come(id, { sessions: [session] })));
  const told = new Set(parts.flat());
  const traded = new Set(bars);
  const left = sessions.map((session) => told.has(session) && !traded.has(session));
  const { rows } = await sql<{ from: string; to: string }>`select session_date as "from", last_session as "to"
    from market.bar_absences where instrument_id = ${id} order by session_date`.execute(store.db);
  expect(rows.flatMap(sessionDatesBetween)).toEqual(sessions.filter((_, index) => left[index]));
  expect(rows.length).toBe(left.filter((is, index) => is && left[index - 1] !== true).length);
});

test('an instrument that was listed in 2015 has one row for its years before', async () => {
  const listed = await newInstrument('LISTED');
  const before = sessionDatesBetween({ from: '2005-01-03', to: '2015-06-30' });
  await come(listed, { absences: absencesOf(listed, before, { reason: 'not_listed' }) });
  await come(listed, { sessions: sessionDatesBetween({ from: '2015-07-01', to: '2016-12-30' }) });
  expect(await rowsOf(listed)).toEqual([`2005-01-03 2015-06-30 not_listed true`]);
  const range = { from: addDays('2015-06-30', -10), to: '2024-01-31' };
  const query = { instrumentIds: [listed], source: 'polygon', interval: '1d', range } as const;
  expect(await absentRanges(store.db, query)).toEqual(new Map([[listed, [[16_606, 16_616]]]]));
});
