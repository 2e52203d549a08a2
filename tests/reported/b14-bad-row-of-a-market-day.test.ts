import { expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { addDays } from '../../src/domain/date-range.ts';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { barsBody, polygonRow, quiet, rowsOf, ticker } from '../support/scripted-market.ts';

const session = '2020-04-06';
const now = '2020-06-08T02:00:00Z';
const others = ['AAPL', 'MSFT', 'SPY'];
const withSymbols = (symbols: readonly string[]) => symbols.map((symbol) => ticker(symbol));

type Fields = Readonly<Record<string, unknown>>;
const rowOf = (symbol: string, over: Fields = {}, day = session) => ({
  T: symbol,
  ...polygonRow({ d: day, ...quiet(250) }, exchangeInstant(day, 960)),
  ...over,
});
const without = ({ o: _, ...rest }: Fields) => rest;

const dayOf = (path: string) => /\/grouped\/.*\/([\d-]+)$/.exec(path)?.[1];
/** The run of the evening of a session. */
const evening = (day: string) => ({ nominalTime: `${addDays(day, 1)}T01:00:00Z`, daysBack: 0 });
const daily = evening(session);

/** A market whose day has those rows; the answers may be changed by the number of the request. */
async function marketOf(symbols: readonly string[], rows: (request: number) => readonly unknown[]) {
  let requests = 0;
  return scriptedCase(
    {
      now,
      polygon: { tickers: withSymbols(symbols), bars: { ZZZZ: [{ d: session, ...quiet(250) }] } },
      handle: (path) => (dayOf(path) === undefined ? undefined : { body: barsBody(rows((requests += 1))) }),
    },
    { policy: { loadRetries: 1 } },
  );
}

interface Evidence {
  readonly symbol: string | null;
  readonly field: string;
  readonly row: unknown;
}
const evidenceOf = (day: string) =>
  `select symbol, field, "row" from market.rejected_rows where session_date = '${day}' order by id`;

const badRows: readonly (readonly [what: string, bad: (day: string) => Fields, field: string])[] = [
  ['no price at the open (null)', (day) => rowOf('ZZZZ', { o: null }, day), 'o'],
  ['no open', (day) => without(rowOf('ZZZZ', {}, day)), 'o'],
  ['a price that is text', (day) => rowOf('ZZZZ', { c: '250' }, day), 'c'],
  ['a price of 0', (day) => rowOf('ZZZZ', { l: 0 }, day), 'l'],
  ['a negative low', (day) => rowOf('ZZZZ', { l: -0.01 }, day), 'l'],
  ['a negative volume', (day) => rowOf('ZZZZ', { v: -100 }, day), 'v'],
  ['more volume than there is', (day) => rowOf('ZZZZ', { v: 2 ** 63 }, day), 'v'],
  ['1.5 trades', (day) => rowOf('ZZZZ', { n: 1.5 }, day), 'n'],
  ['no time', (day) => rowOf('ZZZZ', { t: undefined }, day), 't'],
  ['a negative average', (day) => rowOf('ZZZZ', { vw: -1 }, day), 'vw'],
];

test('a bad row costs its own symbol its load, and no other one', async () => {
  const days = sessionsBetween({ from: session, to: '2020-04-30' }).slice(0, badRows.length);
  const badOf = new Map(badRows.map((bad, index) => [days[index]?.session ?? '', bad]));
  const lab = await scriptedCase({
    now,
    polygon: { tickers: withSymbols([...others, 'ZZZZ']) },
    handle(path) {
      const day = dayOf(path) ?? '';
      const bad = badOf.get(day);
      if (bad === undefined) return undefined;
      return { body: barsBody([...others.map((symbol) => rowOf(symbol, {}, day)), bad[1](day)]) };
    },
  });
  for (const [day, [what, bad, field]] of badOf) {
    const { runId } = await lab.run('polygon-daily-ingestion', evening(day));
    expect(await lab.loads(runId), what).toEqual([
      ...others.map((symbol) => ({ symbol, status: 'success', records: 1, error: null })),
      { symbol: 'ZZZZ', status: 'partial', records: 0, error: 'Quarantined' },
    ]);
    const kept = { symbol: 'ZZZZ', field, row: JSON.parse(JSON.stringify(bad(day))) as unknown };
    expect(await lab.rows<Evidence>(evidenceOf(day)), what).toEqual([kept]);
    const warnings = (await lab.events(runId)).filter(({ level }) => level === 'warn');
    expect(warnings, what).toMatchObject([{ symbol: 'ZZZZ' }]);
    expect(warnings[0]?.message).toContain(`${day} (${field} is `);
  }
  // What was rejected is no absence: it stays due.
  expect(await lab.rows(`select * from market.bar_absences`)).toEqual([]);
});

const nobodys: readonly (readonly [what: string, bad: (day: string) => unknown, symbol: string | null])[] = [
  ['an empty ticker', (day) => rowOf('', {}, day), null],
  ['a ticker that is a number', (day) => rowOf('A', { T: 7 }, day), null],
  ['a ticker with half a surrogate', (day) => rowOf('A\ud800', {}, day), 'A\ufffd'],
  ['a ticker with NUL', (day) => rowOf('A\0', {}, day), 'A\ufffd'],
  ['no object', () => 'text with \0 and \udc00', null],
  ['null', () => null, null],
  ['a list in lists', () => [[[[[[[[['deep']]]]]]]]], null],
  ['a symbol that nobody loads', (day) => rowOf('QQQQ', { o: null }, day), 'QQQQ'],
];

test('a row that does not say whose it is, is nobody else\u2019s trouble', async () => {
  const days = sessionsBetween({ from: session, to: '2020-04-30' }).slice(0, nobodys.length);
  const badOf = new Map(nobodys.map((bad, index) => [days[index]?.session ?? '', bad]));
  const lab = await scriptedCase({
    now,
    polygon: { tickers: withSymbols(others) },
    handle(path) {
      const day = dayOf(path) ?? '';
      const bad = badOf.get(day);
      if (bad === undefined) return undefined;
      return { body: barsBody([bad[1](day), ...others.map((symbol) => rowOf(symbol, {}, day))]) };
    },
  });
  for (const [day, [what, , symbol]] of badOf) {
    const { runId } = await lab.run('polygon-daily-ingestion', evening(day));
    expect(
      (await lab.loads(runId)).map(({ status }) => status),
      what,
    ).toEqual(Array(3).fill('success'));
    expect(await lab.rows<Evidence>(evidenceOf(day)), what).toMatchObject([{ symbol }]);
  }
});

test('what was rejected is asked again by the next run, and comes', async () => {
  const lab = await marketOf([...others, 'ZZZZ'], () => [
    ...others.map((symbol) => rowOf(symbol)),
    rowOf('ZZZZ', { o: null }),
  ]);
  await lab.run('polygon-daily-ingestion', daily);
  const { runId } = await lab.run('polygon-daily-ingestion', {
    ...daily,
    nominalTime: '2020-04-07T02:00:00Z',
  });
  expect((await lab.loads(runId)).map(({ status }) => status)).toEqual(Array(4).fill('success'));
  expect(await lab.bars('ZZZZ', { from: session, to: session })).toHaveLength(1);
});

const many = Array.from({ length: 12_000 }, (_, index) =>
  String(index)
    .padStart(5, '0')
    .replaceAll(/\d/g, (digit) => 'ABCDEFGHIJ'.charAt(Number(digit))),
);
const dayWith = (bad: number) => many.map((symbol, index) => rowOf(symbol, index < bad ? { o: null } : {}));
const statuses = `select status, error_kind, count(*)::int as loads from market.load_runs group by 1, 2 order by 1, 2`;

test('one bad row of 12,000 costs one load', async () => {
  const lab = await marketOf(many, () => dayWith(1));
  await lab.run('polygon-daily-ingestion', daily);
  expect(await lab.rows(statuses)).toEqual([
    { status: 'partial', error_kind: 'Quarantined', loads: 1 },
    { status: 'success', error_kind: null, loads: 11_999 },
  ]);
  expect(await lab.rows(`select count(*)::int as bars from market.daily_bars`)).toEqual([{ bars: 11_999 }]);
  expect(await lab.rows(`select count(*)::int as kept from market.rejected_rows`)).toEqual([{ kept: 1 }]);
});

test('200 bad rows of 12,000 are doubted: asked again, all is there', async () => {
  const lab = await marketOf(many, (request) => dayWith(request === 1 ? 200 : 0));
  await lab.run('polygon-daily-ingestion', daily);
  expect(lab.log.filter((url) => url.includes('grouped'))).toHaveLength(2);
  expect(await lab.rows(statuses)).toEqual([{ status: 'success', error_kind: null, loads: 12_000 }]);
  expect(await lab.rows(`select count(*)::int as kept from market.rejected_rows`)).toEqual([{ kept: 200 }]);
});

test('200 bad rows of 12,000 however often it is asked: nothing of it is stored, and all stays due', async () => {
  const lab = await marketOf(many, () => dayWith(200));
  const { runId } = await lab.run('polygon-daily-ingestion', daily);
  expect(lab.log.filter((url) => url.includes('grouped'))).toHaveLength(2);
  expect(await lab.rows(statuses)).toEqual([
    { status: 'failed', error_kind: 'DoubtedResponse', loads: 12_000 },
  ]);
  expect(await lab.rows(`select count(*)::int as bars from market.daily_bars`)).toEqual([{ bars: 0 }]);
  const messages = (await lab.events(runId)).map(({ message }) => message);
  expect(messages).toContainEqual(expect.stringContaining('200 of 12000 records are bad'));
});

test('a run keeps so many rejected rows, and says how many there were beyond', async () => {
  const lab = await scriptedCase({
    now,
    polygon: { tickers: withSymbols(['AAPL']) },
    handle: (path) =>
      path.includes('/range/1/day/')
        ? {
            body: barsBody(
              rowsOf('2015-01-02', '2020-04-06', () => quiet(250)).map((row) =>
                polygonRow({ ...row, extra: { o: null } }, exchangeInstant(row.d, 0)),
              ),
              { ticker: 'AAPL' },
            ),
          }
        : undefined,
  });
  const { runId } = await lab.run('polygon-historical-backfill', {
    startDate: '2015-01-02',
    endDate: '2020-04-06',
    symbols: ['AAPL'],
  });
  expect(await lab.loads(runId)).toMatchObject([{ status: 'failed', error: 'DoubtedResponse' }]);
  expect(await lab.rows(`select count(*)::int as kept from market.rejected_rows`)).toEqual([{ kept: 1_000 }]);
});
