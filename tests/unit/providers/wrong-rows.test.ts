import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barsOf } from '../../../src/domain/bar-columns.ts';
import type { DailyBar } from '../../../src/domain/bar.ts';
import { addDays, dateOfDayNumber } from '../../../src/domain/date-range.ts';
import { exchangeInstant } from '../../../src/domain/exchange-time.ts';
import { DoubtedResponse } from '../../../src/domain/provider-errors.ts';
import { parseMarketDay, SeriesPages } from '../../../src/providers/polygon/parse.ts';
import { readRecords } from '../../../src/providers/polygon/records.ts';
import { dividendRecord, splitRecord, tickerRecord } from '../../../src/providers/polygon/wire.ts';
import { parseSeries } from '../../../src/providers/yahoo/parse.ts';
import { parseStatements } from '../../../src/providers/yahoo/parse-fundamentals.ts';
import { chartAnswer, conform } from '../../../src/providers/yahoo/wire.ts';
import { weekdayCalendar } from '../../support/weekday-calendar.ts';

/** Anything that JSON can hold, and texts that the database cannot. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, null, 0, -0, -1, 1.5, 1e14, 1e300, Infinity, '', '1', 'a\0', '\ud800', [1], {}),
);
const amount = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const shares = fc.nat({ max: 1e9 });
const prices = fc.array(amount, { minLength: 4, maxLength: 4 }).map((four) => {
  const [low = 1, open = 1, close = 1, high = 1] = four.toSorted((one, other) => one - other);
  return { open, high, low, close };
});
const begin = '2024-01-02';
const range = { from: begin, to: addDays(begin, 99) };

type Fields = Readonly<Record<string, unknown>>;
/** Records with up to three of them changed in a field, or replaced as a whole. */
function damaged(records: fc.Arbitrary<readonly Fields[]>, fields: readonly string[]) {
  return records.chain((right) =>
    fc
      .uniqueArray(
        fc.record({
          at: fc.nat({ max: right.length - 1 }),
          field: fc.constantFrom('', ...fields),
          value: anything,
        }),
        { selector: ({ at }) => at, minLength: 1, maxLength: 3 },
      )
      .map((damages) => {
        const sent: unknown[] = [...right];
        for (const { at, field, value } of damages)
          sent[at] = field === '' ? value : { ...right[at], [field]: value };
        return { right, sent, hurt: new Set(damages.map(({ at }) => at)) };
      }),
  );
}

/** A high below a low is stored as it is told, and found. */
function expectPossible({ open, high, low, close, volume }: DailyBar): void {
  for (const price of [open, high, low, close]) expect(price > 0 && price < Infinity).toBe(true);
  expect(volume >= 0 && volume <= 1e13).toBe(true);
}

const polygonRow = fc.record({ prices, v: shares, vw: amount, n: fc.nat() }).map(({ prices: p, ...rest }) => {
  return { ...rest, o: p.open, h: p.high, l: p.low, c: p.close };
});
const polygonFields = ['o', 'h', 'l', 'c', 'v', 'vw', 'n', 't', 'otc'];

test('whatever a row of a market day holds, all others are bars, and none of it is an impossible one', () => {
  const t = exchangeInstant(begin, 960);
  const rows = fc
    .array(polygonRow, { minLength: 1, maxLength: 20 })
    .map((all) => all.map((row, index): Fields => ({ T: `S${index}`, t, ...row })));
  fc.assert(
    fc.property(damaged(rows, [...polygonFields, 'T']), ({ right, sent, hurt }) => {
      const { symbols, bars, conflicts, rejected, outside } = parseMarketDay(begin, { results: sent });
      const stored = new Map(barsOf(bars).map((bar, row) => [symbols[row], bar]));
      const disputed = new Set(conflicts.map(({ symbol }) => symbol));
      for (const [index, { T, c }] of right.entries()) {
        if (hurt.has(index) || disputed.has(String(T))) continue;
        expect(stored.get(String(T))?.close).toBe(c);
      }
      for (const bar of stored.values()) expectPossible(bar);
      expect(rejected.length + outside).toBeLessThanOrEqual(hurt.size);
    }),
  );
});

test('whatever a row of a series holds, all others are bars, and none of it is an impossible one', () => {
  const rows = fc
    .array(polygonRow, { minLength: 1, maxLength: 20 })
    .map((all) =>
      all.map((row, index): Fields => ({ t: exchangeInstant(addDays(begin, index), 0), ...row })),
    );
  fc.assert(
    fc.property(damaged(rows, polygonFields), ({ right, sent, hurt }) => {
      const pages = new SeriesPages('A', range);
      pages.add({ results: sent });
      const { bars, conflicts, rejected, outside } = pages.result();
      const stored = new Map(barsOf(bars).map((bar) => [bar.session, bar]));
      const disputed = new Set(conflicts.map(({ session }) => session));
      for (const [index, { c }] of right.entries()) {
        const session = addDays(begin, index);
        if (!hurt.has(index) && !disputed.has(session)) expect(stored.get(session)?.close).toBe(c);
      }
      for (const bar of stored.values()) expectPossible(bar);
      expect(rejected.length + outside).toBeLessThanOrEqual(hurt.size);
    }),
  );
});

const calendar = weekdayCalendar();
const sessionsBetween: typeof calendar.sessionsBetween = (asked) => calendar.sessionsBetween(asked);
const columns = ['open', 'high', 'low', 'close', 'volume'] as const;
const circumstances = {
  symbol: 'AAPL',
  written: 'AAPL',
  wish: { interval: '1d', range } as const,
  sessionsBetween,
  observedAt: '2024-06-03T12:00:00Z',
};

function chartOf(rows: readonly unknown[], events: unknown = {}) {
  const field = (row: unknown, name: string) => (row as Fields | null | undefined)?.[name];
  const quote = Object.fromEntries(
    columns.map((name) => [name, rows.map((row) => field(row, name) ?? null)]),
  );
  const meta = { symbol: 'AAPL', exchangeTimezoneName: 'America/New_York', dataGranularity: '1d' };
  const timestamp = rows.map((row) => field(row, 'timestamp') ?? null);
  const chart = { meta, timestamp, events, indicators: { quote: [quote] } };
  return conform(chartAnswer, { chart: { result: [chart] } }).chart.result[0];
}

const weekdays = sessionsBetween(range).map(({ session }) => session);

test('whatever a row of a chart holds, all others are bars, and none of it is an impossible one', () => {
  const rows = fc.array(fc.record({ prices, volume: shares }), { minLength: 1, maxLength: 20 }).map((all) =>
    all.map(({ prices: p, volume }, index): Fields => {
      return { timestamp: exchangeInstant(weekdays[index] ?? '', 570) / 1000, ...p, volume };
    }),
  );
  fc.assert(
    fc.property(damaged(rows, ['timestamp', ...columns]), ({ right, sent, hurt }) => {
      const { bars, conflicts, rejected } = parseSeries(chartOf(sent), circumstances);
      const stored = new Map(barsOf(bars).map((bar) => [bar.session, bar]));
      const disputed = new Set(conflicts.map(({ session }) => session));
      for (const [index, { volume }] of right.entries()) {
        const session = weekdays[index] ?? '';
        if (!hurt.has(index) && !disputed.has(session)) expect(stored.get(session)?.volume).toBe(volume);
      }
      for (const bar of stored.values()) expectPossible(bar);
      expect(rejected.length).toBeLessThanOrEqual(hurt.size);
    }),
  );
});

test.each([
  ['dividends', 'cash_dividend'],
  ['capitalGains', 'capital_gain'],
  ['splits', 'split'],
])('whatever an event among %s holds, all others are actions, and none is of nothing', (list, kind) => {
  const events = fc.array(amount, { minLength: 1, maxLength: 20 }).map((all) =>
    all.map((paid, index): Fields => {
      const date = exchangeInstant(addDays(begin, index), 570) / 1000;
      return { date, amount: paid, numerator: index + 2, denominator: 1 };
    }),
  );
  fc.assert(
    fc.property(damaged(events, ['date', 'amount', 'numerator', 'denominator']), ({ right, sent, hurt }) => {
      const keyed = Object.fromEntries(sent.map((event, index) => [String(index), event]));
      const { actions } = parseSeries(chartOf([], { [list]: keyed }), circumstances);
      const dates = new Set(actions.flatMap((one) => (one.kind === kind ? one.exDate : [])));
      for (const index of right.keys()) if (!hurt.has(index)) expect(dates).toContain(addDays(begin, index));
      for (const { amount: paid, ratio } of actions) expect((paid ?? ratio ?? 0) > 0).toBe(true);
    }),
  );
});

const listed: readonly (readonly [string, Parameters<typeof readRecords>[1], Fields])[] = [
  ['tickers', { schema: tickerRecord }, { name: 'A', type: 'CS', active: true, cik: '1', list_date: begin }],
  [
    'splits',
    { schema: splitRecord, date: 'execution_date' },
    { id: 'S', execution_date: begin, split_from: 1, split_to: 2 },
  ],
  [
    'dividends',
    { schema: dividendRecord, date: 'ex_dividend_date' },
    { id: 'D', ex_dividend_date: begin, cash_amount: 0.5, currency: 'USD', frequency: 4, pay_date: begin },
  ],
];

test.each(listed)('whatever a record among %s holds, all others are read', (_, kind, fields) => {
  const records = fc
    .integer({ min: 1, max: 20 })
    .map((count) =>
      Array.from({ length: count }, (_, index): Fields => ({ ticker: `S${index}`, ...fields })),
    );
  fc.assert(
    fc.property(damaged(records, ['ticker', ...Object.keys(fields)]), ({ right, sent, hurt }) => {
      const { read, rejected } = readRecords(sent, kind);
      const symbols = new Set(read.map((record) => (record as { ticker: string }).ticker));
      for (const index of right.keys()) if (!hurt.has(index)) expect(symbols).toContain(`S${index}`);
      expect(read.length + rejected.length).toBe(sent.length);
      expect(rejected.length).toBeLessThanOrEqual(hurt.size);
      for (const { wrong } of rejected) expect(wrong).toMatch(/^[\w ]+ is [\w .+-]+$/);
    }),
  );
});

test('whatever a stated value holds, all others are read', () => {
  const values = fc.integer({ min: 1, max: 20 }).map((count) =>
    Array.from({ length: count }, (_, index): Fields => ({
      asOfDate: dateOfDayNumber(19_000 + index),
      currencyCode: 'USD',
      reportedValue: { raw: index + 1 },
    })),
  );
  fc.assert(
    fc.property(damaged(values, ['asOfDate', 'currencyCode', 'reportedValue']), ({ right, sent, hurt }) => {
      const element = { meta: { symbol: ['A'], type: ['annualNetDebt'] }, annualNetDebt: sent };
      const asked = { statement: 'balance_sheet', frequency: 'annual', written: 'A' } as const;
      const { statements } = parseStatements({ timeseries: { result: [element] } }, asked);
      for (const [index, { asOfDate }] of right.entries())
        if (!hurt.has(index)) expect(statements.map(({ periodEnd }) => periodEnd)).toContain(asOfDate);
    }),
  );
});

describe('an answer is doubted as a whole', () => {
  const t = exchangeInstant(begin, 960);
  const day = (bad: number, all: number) =>
    Array.from({ length: all }, (_, index) => {
      return { T: `S${index}`, t, o: index < bad ? null : 1, h: 1, l: 1, c: 1, v: 1 };
    });

  test.each([
    [3, 3, false],
    [4, 4, true],
    [4, 400, false],
    [4, 399, true],
    [120, 12_000, false],
    [121, 12_000, true],
  ])('with %d bad rows of %d: %s', (bad, all, doubted) => {
    const read = () => parseMarketDay(begin, { results: day(bad, all) });
    if (doubted) expect(read).toThrow(DoubtedResponse);
    else expect(read()).toMatchObject({ rejected: { length: bad }, bars: { length: all - bad } });
  });

  test('and says how many are bad, and of the first ones why', () => {
    expect(() => parseMarketDay(begin, { results: day(5, 6) })).toThrow(
      '5 of 6 records are bad, and none of the answer is believed: o is null, o is null, o is null',
    );
  });

  test('of Yahoo by values that are no numbers, and not by zeros or gaps', () => {
    const rows = (over: Fields) =>
      weekdays.slice(0, 20).map((session, index) => {
        const row = {
          timestamp: exchangeInstant(session, 570) / 1000,
          open: 1,
          high: 1,
          low: 1,
          close: 1,
          volume: 1,
        };
        return index < 4 ? { ...row, ...over } : row;
      });
    const read = (over: Fields) => parseSeries(chartOf(rows(over)), circumstances);
    expect(() => read({ close: '1' })).toThrow(DoubtedResponse);
    expect(read({ close: 0 })).toMatchObject({ rejected: { length: 4 }, bars: { length: 16 } });
    expect(read({ close: null })).toMatchObject({ rejected: { length: 4 }, leftOut: { partlyNull: 4 } });
  });
});
