import { describe, expect, test } from 'vitest';
import { judgeAbsences, type SeriesEvidence } from '../../src/domain/absence.ts';
import { addDays, dayNumber, isCalendarDate } from '../../src/domain/date-range.ts';
import { exchangeDate, exchangeDay, exchangeInstant } from '../../src/domain/exchange-time.ts';
import { finalFrom, finalThrough } from '../../src/domain/finality.ts';
import { isWellFormedSymbol } from '../../src/domain/instrument.ts';

describe('exchange time', () => {
  test.each([
    ['2024-01-02', '2024-01-02T05:00:00.000Z'],
    ['2024-03-10', '2024-03-10T05:00:00.000Z'],
    ['2024-03-11', '2024-03-11T04:00:00.000Z'],
    ['2024-11-03', '2024-11-03T04:00:00.000Z'],
    ['2024-11-04', '2024-11-04T05:00:00.000Z'],
    ['1998-04-06', '1998-04-06T04:00:00.000Z'],
  ])('midnight of %s in New York is %s', (date, instant) => {
    expect(new Date(exchangeInstant(date, 0)).toISOString()).toBe(instant);
    expect(exchangeDate(Date.parse(instant))).toBe(date);
    expect(exchangeDate(Date.parse(instant) - 1)).toBe(addDays(date, -1));
    expect(exchangeDay(Date.parse(instant))).toBe(dayNumber(date));
    expect(exchangeDay(Date.parse(instant) - 1)).toBe(dayNumber(date) - 1);
  });

  test('a bar is final at 11:30 New York the day after, on either side of a clock change', () => {
    expect(new Date(finalFrom('polygon', '2024-03-08')).toISOString()).toBe('2024-03-09T16:30:00.000Z');
    expect(new Date(finalFrom('polygon', '2024-03-09')).toISOString()).toBe('2024-03-10T15:30:00.000Z');
    expect(new Date(finalFrom('polygon', '2024-11-02')).toISOString()).toBe('2024-11-03T16:30:00.000Z');
  });

  test.each(['2024-03-08', '2024-03-09', '2024-07-03', '2024-11-02'])(
    'all days through %s are final from the instant on at which its own bar is',
    (date) => {
      const instant = finalFrom('polygon', date);
      expect(finalThrough('polygon', instant)).toBe(dayNumber(date));
      expect(finalThrough('polygon', instant - 1)).toBe(dayNumber(date) - 1);
      expect(finalThrough('polygon', instant + 80_000_000)).toBe(dayNumber(date));
    },
  );
});

test.each(['2024-02-29', '1998-01-02', '2099-12-31'])('%s is a calendar date', (date) => {
  expect(isCalendarDate(date)).toBe(true);
});

test.each(['2023-02-29', '2024-13-01', '2024-1-2', '20240102', '', '2024-01-02T00:00:00Z', '1024-01-02'])(
  '%j is no calendar date',
  (date) => {
    expect(isCalendarDate(date)).toBe(false);
  },
);

test.each(['AAPL', 'BRK.B', 'CpK', 'KIMpL', 'aapl', 'X', 'RDS-A'])('%s is a well-formed symbol', (symbol) => {
  expect(isWellFormedSymbol(symbol)).toBe(true);
});

test.each(['', 'AA PL', '../x', 'AAPL?x=1', '1A', 'A..B', 'A/B', 'Ä', 'AAAAAAAAAAAAAAAA', 'A.'])(
  '%j is malformed',
  (symbol) => {
    expect(isWellFormedSymbol(symbol)).toBe(false);
  },
);

describe('absences', () => {
  const sessions = [
    '2024-01-02',
    '2024-01-03',
    '2024-01-04',
    '2024-01-05',
    '2024-01-08',
    '2024-01-09',
    '2024-01-10',
  ];
  const evidence = (
    over: Partial<SeriesEvidence> & { readonly bars?: readonly string[] } = {},
  ): SeriesEvidence => ({
    source: 'polygon',
    sessions: Int32Array.from(sessions, dayNumber),
    answered: new Set((over.bars ?? sessions).map(dayNumber)),
    observedMs: Date.parse('2024-02-01T00:00:00Z'),
    listedOn: null,
    delistedOn: null,
    ...over,
  });

  test('a whole answer has none', () => {
    expect(judgeAbsences(evidence())).toEqual({ seen: [], doubt: null });
  });

  test('before the first bar an instrument was not listed, between bars it did not trade', () => {
    expect(
      judgeAbsences(evidence({ bars: ['2024-01-04', '2024-01-08', '2024-01-09', '2024-01-10'] })),
    ).toEqual({
      seen: [
        { session: '2024-01-02', reason: 'not_listed', confirmed: true },
        { session: '2024-01-03', reason: 'not_listed', confirmed: true },
        { session: '2024-01-05', reason: 'no_trade', confirmed: true },
      ],
      doubt: null,
    });
  });

  test('from the delisting on it was not listed', () => {
    const { seen } = judgeAbsences(evidence({ bars: sessions.slice(0, 5), delistedOn: '2024-01-10' }));
    expect(seen).toEqual([
      { session: '2024-01-09', reason: 'no_trade', confirmed: true },
      { session: '2024-01-10', reason: 'not_listed', confirmed: true },
    ]);
  });

  test('a session final for less than a day stays due', () => {
    const observedMs = Date.parse('2024-01-11T17:00:00Z');
    expect(judgeAbsences(evidence({ bars: sessions.slice(0, 6), observedMs }))).toEqual({
      seen: [{ session: '2024-01-10', reason: 'no_trade', confirmed: false }],
      doubt: 'NotYetAvailable',
    });
    const dayLater = judgeAbsences(
      evidence({ bars: sessions.slice(0, 6), observedMs: observedMs + 86_400_000 }),
    );
    expect(dayLater).toEqual({
      seen: [{ session: '2024-01-10', reason: 'no_trade', confirmed: true }],
      doubt: null,
    });
  });

  test('an answer that begins long after the listing is a cut history', () => {
    const { seen, doubt } = judgeAbsences(evidence({ bars: sessions.slice(6), listedOn: '2000-01-03' }));
    expect({ seen, doubt }).toEqual({ seen: [], doubt: 'HistoryTruncated' });
  });

  test('an empty answer for an instrument that was listed all along is not believed', () => {
    const { seen, doubt } = judgeAbsences(evidence({ bars: [], listedOn: '2000-01-03' }));
    expect({ seen, doubt }).toEqual({ seen: [], doubt: 'EmptyAnswer' });
  });

  test('an empty answer for one without a listing date is believed', () => {
    const { seen, doubt } = judgeAbsences(evidence({ bars: [] }));
    expect(seen.map(({ reason }) => reason)).toEqual(sessions.map(() => 'not_listed'));
    expect(doubt).toBeNull();
  });
});
