import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionDaysBetween } from '../../../src/calendar/exchange-calendar.ts';
import { dateOfDayNumber } from '../../../src/domain/date-range.ts';
import { cellStates, isRepairable } from '../../../src/domain/gap.ts';
import { judgeCells, runsOf, type SeriesFacts } from '../../../src/domain/judge-cells.ts';

const sessions = sessionDaysBetween({ from: '2024-01-02', to: '2024-03-28' });
const places = [...sessions.keys()];
const dayAt = (place: number) => sessions[place] ?? NaN;
const nothing: SeriesFacts = {
  ...{ settled: [], provisional: [], due: places, absences: [], delistedOn: null },
  ...{ refused: new Set(), toldElsewhere: new Set() },
};
const whole = { sessions, first: 0, end: sessions.length };
const stateAt = (facts: Partial<SeriesFacts>, place: number, askable = whole) =>
  cellStates[judgeCells({ ...nothing, ...facts }, askable)[place] ?? NaN];

/** All have a bar but some. */
const barsBut = (...without: readonly number[]) => {
  const settled = places.filter((place) => !without.includes(place)).map(dayAt);
  return { settled, due: without };
};

test('what nobody has asked for is never asked, and before and after what can be asked it is not', () => {
  expect(stateAt({}, 5)).toBe('never_asked');
  expect(stateAt({}, 5, { ...whole, first: 6 })).toBe('history_floor');
  expect(stateAt({}, 5, { ...whole, end: 5 })).toBe('not_yet');
});

test('a hole of one session in what trades every day is the fault of its source, one of two is not told', () => {
  expect(stateAt(barsBut(30), 30)).toBe('provider_fault');
  expect(stateAt(barsBut(30, 31), 30)).toBe('never_asked');
  const thin = {
    settled: [dayAt(29), dayAt(31)],
    due: places.filter((place) => place !== 29 && place !== 31),
  };
  expect(stateAt(thin, 30)).toBe('never_asked');
});

test('a hole of what often does not trade is no fault', () => {
  const quiet = places.filter((place) => place % 3 === 0 && place !== 30);
  const absences = quiet.map((place) => {
    return { first: dayAt(place), last: dayAt(place), reason: 'no_trade' as const, confirmed: true };
  });
  const settled = places.filter((place) => place % 3 !== 0).map(dayAt);
  expect(stateAt({ settled, absences, due: [30] }, 30)).toBe('never_asked');
});

test.each([
  [{ toldElsewhere: new Set([dayAt(9)]) }, 'provider_fault'],
  [{ refused: new Set([dayAt(9)]), toldElsewhere: new Set([dayAt(9)]) }, 'quarantined'],
  [
    { absences: [{ first: dayAt(8), last: dayAt(12), reason: 'no_trade' as const, confirmed: false }] },
    'provider_fault',
  ],
  [{ provisional: [dayAt(9)] }, 'provisional'],
])('of what is due %j says %s', (facts, state) => {
  expect(stateAt(facts, 9)).toBe(state);
});

test.each([
  ['not_listed', null, 'not_listed'],
  ['not_listed', 5, 'delisted'],
  ['not_listed', 12, 'not_listed'],
  ['no_trade', null, 'no_trade'],
  ['withdrawn', null, 'no_trade'],
  ['halted', null, 'no_trade'],
  ['history_floor', null, 'history_floor'],
] as const)('a believed absence of the reason %s, last listed %j, is %s', (reason, last, state) => {
  const absences = [{ first: dayAt(8), last: dayAt(12), reason, confirmed: true }];
  const delistedOn = last === null ? null : dateOfDayNumber(dayAt(last));
  expect(stateAt({ absences, delistedOn, due: [] }, 9)).toBe(state);
});

test('where nobody bore a ticker it was not listed, or delisted after its last day', () => {
  expect(stateAt({ due: [] }, 9)).toBe('not_listed');
  expect(stateAt({ due: [], delistedOn: dateOfDayNumber(dayAt(8)) }, 9)).toBe('delisted');
});

const somePlaces = fc.uniqueArray(fc.integer({ min: 0, max: sessions.length - 1 }));

test('asking may help what is due, can be asked for and has no bar: no more, no less; runs hold every cell once', () => {
  const known = fc.record({
    settled: somePlaces,
    provisional: somePlaces,
    due: somePlaces,
    refused: somePlaces,
    elsewhere: somePlaces,
    absent: fc.array(fc.tuple(fc.nat(sessions.length - 1), fc.nat(9), fc.boolean())),
    edges: fc.tuple(fc.nat(sessions.length), fc.nat(sessions.length)),
  });
  fc.assert(
    fc.property(known, ({ settled, provisional, due, refused, elsewhere, absent, edges }) => {
      const asked = due.filter((place) => !settled.includes(place));
      const facts: SeriesFacts = {
        settled: settled.map(dayAt),
        provisional: provisional.map(dayAt),
        due: asked,
        absences: absent.map(([first, more, confirmed]) => {
          const last = Math.min(first + more, sessions.length - 1);
          return { first: dayAt(first), last: dayAt(last), reason: 'no_trade', confirmed };
        }),
        delistedOn: null,
        refused: new Set(refused.map(dayAt)),
        toldElsewhere: new Set(elsewhere.map(dayAt)),
      };
      const [first = 0, end = 0] = edges.toSorted((a, b) => a - b);
      const states = judgeCells(facts, { sessions, first, end });
      const helped = places.filter((place) => isRepairable(cellStates[states[place] ?? NaN] ?? 'settled'));
      const wished = asked.filter((place) => place >= first && place < end && !provisional.includes(place));
      expect(helped).toEqual(wished.toSorted((a, b) => a - b));
      const runs = [...runsOf(states, 0, states.length)];
      expect(runs.reduce((sum, run) => sum + run.last - run.first + 1, 0)).toBe(states.length);
      expect(runs.slice(1).filter((run, at) => run.state === runs[at]?.state)).toEqual([]);
    }),
  );
});
