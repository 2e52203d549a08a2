import { describe, expect, test } from 'vitest';
import { judgeAbsences, type SeriesEvidence } from '../../src/domain/absence.ts';
import { addDays, dayNumber, isCalendarDate } from '../../src/domain/date-range.ts';
import { exchangeDate, exchangeDay, exchangeInstant } from '../../src/domain/exchange-time.ts';
import { finalFrom, finalThrough } from '../../src/domain/finality.ts';
import { isWellFormedSymbol } from '../../src/domain/instrument.ts';
import { nothingKnown } from '../../src/domain/silence.ts';

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
    expect(judgeAbsences(evidence())).toMatchObject({ seen: [], doubt: null, askAgain: [] });
  });

  test('before the first bar an instrument was not listed, where the listing date says so', () => {
    const answer = evidence({ bars: sessions.slice(2), listedOn: '2024-01-04' });
    expect(judgeAbsences(answer)).toMatchObject({
      seen: [
        { session: '2024-01-02', reason: 'not_listed', confirmed: true },
        { session: '2024-01-03', reason: 'not_listed', confirmed: true },
      ],
      doubt: null,
    });
  });

  test('where it is not known, silence before the first bar needs a second day', () => {
    const bars = sessions.slice(1);
    const first = judgeAbsences(evidence({ bars }));
    expect(first).toMatchObject({
      seen: [{ session: '2024-01-02', reason: 'not_listed', confirmed: false }],
      doubt: 'ListingUnknown',
      needsListing: true,
    });
    const suspected = new Map([[dayNumber('2024-01-02'), Date.parse('2024-01-30T20:00:00Z')]]);
    const second = judgeAbsences(evidence({ bars, known: { ...nothingKnown, suspected } }));
    expect(second).toMatchObject({ seen: [{ confirmed: true }], doubt: null, needsListing: false });
  });

  test('silence of what trades every day needs a second day', () => {
    const bars = sessions.filter((session) => session !== '2024-01-05');
    const { seen, doubt, askAgain } = judgeAbsences(evidence({ bars }));
    expect(seen).toEqual([{ session: '2024-01-05', reason: 'no_trade', confirmed: false }]);
    expect({ doubt, askAgain }).toEqual({ doubt: 'SilenceDoubted', askAgain: [dayNumber('2024-01-05')] });
    const sameDay = new Map([[dayNumber('2024-01-05'), Date.parse('2024-01-31T20:00:00Z')]]);
    const again = evidence({ bars, known: { ...nothingKnown, suspected: sameDay } });
    expect(judgeAbsences(again).doubt).toBe('SilenceDoubted');
    const later = judgeAbsences({ ...again, observedMs: Date.parse('2024-02-02T00:00:00Z') });
    expect(later).toMatchObject({ seen: [{ confirmed: true }], doubt: null, askAgain: [] });
  });

  test('where a suspected bar came after all, what else lacked before is seen for the first time', () => {
    const seenMs = Date.parse('2024-01-25T20:00:00Z');
    const suspected = new Map([dayNumber('2024-01-05'), dayNumber('2024-01-08')].map((day) => [day, seenMs]));
    const bars = sessions.filter((session) => session !== '2024-01-05');
    const { seen } = judgeAbsences(evidence({ bars, known: { ...nothingKnown, suspected } }));
    expect(seen).toMatchObject([{ session: '2024-01-05', confirmed: false }]);
  });

  test('silence of what trades now and then is believed at once', () => {
    const bars = sessions.filter((_, index) => index % 2 === 0);
    const { seen, doubt } = judgeAbsences(evidence({ bars, listedOn: '2000-01-03' }));
    expect(seen.map(({ confirmed }) => confirmed)).toEqual([true, true, true]);
    expect(doubt).toBeNull();
  });

  test('what is stored around tells how often it trades', () => {
    const day = dayNumber('2024-01-08');
    const single = { ...evidence({ bars: [] }), sessions: Int32Array.of(day), listedOn: '2000-01-03' };
    const around = [...Array(30).keys()].map((index) => day - 15 + index).filter((one) => one !== day);
    const steady = { ...nothingKnown, traded: new Set(around) };
    expect(judgeAbsences({ ...single, known: steady }).doubt).toBe('SilenceDoubted');
    const rare = { ...nothingKnown, traded: new Set([day - 3]), quiet: new Set(around.slice(0, 10)) };
    expect(judgeAbsences({ ...single, known: rare })).toMatchObject({
      seen: [{ reason: 'no_trade', confirmed: true }],
      doubt: null,
    });
  });

  test('beside the end of a cut answer nothing is noted', () => {
    const { seen, doubt } = judgeAbsences(evidence({ bars: sessions.slice(0, 4), isCut: true }));
    expect({ seen, doubt }).toEqual({ seen: [], doubt: 'AnswerCut' });
    expect(judgeAbsences(evidence({ isCut: true })).doubt).toBeNull();
  });

  test('from the delisting on it was not listed, and before it was the ticker of another', () => {
    const { seen } = judgeAbsences(
      evidence({ bars: sessions.slice(1, 6), delistedOn: '2024-01-09', ownedFrom: dayNumber('2024-01-03') }),
    );
    expect(seen).toEqual([
      { session: '2024-01-02', reason: 'not_listed', confirmed: true },
      { session: '2024-01-10', reason: 'not_listed', confirmed: true },
    ]);
  });

  test('a session final for less than a day stays due', () => {
    const observedMs = Date.parse('2024-01-11T17:00:00Z');
    const bars = [0, 2, 4].flatMap((index) => sessions[index] ?? []);
    const seen = { session: '2024-01-10', reason: 'no_trade' };
    const young = judgeAbsences(evidence({ bars, observedMs, listedOn: '2000-01-03' }));
    expect(young.seen.at(-1)).toEqual({ ...seen, confirmed: false });
    expect(young.doubt).toBe('NotYetAvailable');
    const dayLater = evidence({ bars, observedMs: observedMs + 86_400_000, listedOn: '2000-01-03' });
    expect(judgeAbsences(dayLater).seen.at(-1)).toEqual({ ...seen, confirmed: true });
  });

  test('an answer that begins long after the listing is a cut history', () => {
    const { seen, doubt } = judgeAbsences(evidence({ bars: sessions.slice(6), listedOn: '2000-01-03' }));
    expect({ seen, doubt }).toEqual({ seen: [], doubt: 'HistoryTruncated' });
  });

  test('an empty answer for an instrument that was listed all along is not believed', () => {
    const { seen, doubt } = judgeAbsences(evidence({ bars: [], listedOn: '2000-01-03' }));
    expect({ seen, doubt }).toEqual({ seen: [], doubt: 'EmptyAnswer' });
  });

  test('an empty answer for one without a listing date needs a second day', () => {
    const { seen, doubt } = judgeAbsences(evidence({ bars: [] }));
    expect(seen.map(({ reason, confirmed }) => [reason, confirmed])).toEqual(
      sessions.map(() => ['not_listed', false]),
    );
    expect(doubt).toBe('ListingUnknown');
  });
});
