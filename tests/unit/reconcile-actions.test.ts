import { describe, expect, test } from 'vitest';
import { sessionsBetween } from '../../src/calendar/exchange-calendar.ts';
import { untold } from '../../src/domain/corporate-action.ts';
import { addDays } from '../../src/domain/date-range.ts';
import type { ActionContext, KnownAction } from '../../src/domain/judged-action.ts';
import { reconcileActions } from '../../src/domain/reconcile-actions.ts';
import { sources, type SourceName } from '../../src/domain/source.ts';
import { plainContext as context } from '../support/plain-context.ts';

const blank = { ...untold, toldAmount: null, observedAt: '2024-06-20T12:00:00Z' };
const split = (id: number, source: SourceName, exDate: string, ratio: number): KnownAction => ({
  ...blank,
  id,
  source,
  kind: 'split',
  exDate,
  ratio,
});
const cash = (
  id: number,
  source: SourceName,
  exDate: string,
  amount: number,
  over: Partial<KnownAction> = {},
) => ({
  ...blank,
  id,
  source,
  kind: 'cash_dividend' as const,
  exDate,
  amount,
  dividendType: 'regular' as const,
  ...over,
});
const statuses = (actions: readonly KnownAction[], over: Partial<ActionContext> = {}) =>
  Object.fromEntries(
    reconcileActions(actions, { ...context, ...over }).verdicts.map(({ id, status }) => [id, status]),
  );
const rules = (actions: readonly KnownAction[], over: Partial<ActionContext> = {}) =>
  reconcileActions(actions, { ...context, ...over }).disagreements.map(({ rule }) => rule);

/** Three weeks on both sides of a date on which the price as traded is divided. */
function traded(exDate: string, ratio: number, price = 400) {
  return sessionsBetween({ from: addDays(exDate, -30), to: addDays(exDate, 30) }).map(({ session }, at) => {
    const close = (session < exDate ? price : price / ratio) * (1 + (at % 3) / 200);
    return { session, open: close, close };
  });
}
const found = (actions: readonly KnownAction[], over: Partial<ActionContext> = {}) =>
  reconcileActions(actions, { ...context, ...over });

describe('with prices as traded', () => {
  const prices = { traded: traded('2024-06-10', 4) };

  test('the record that tells the day and ratio of the step counts, whoever tells it', () => {
    const early = [split(1, 'polygon', '2024-06-07', 4), split(2, 'yahoo', '2024-06-10', 4)];
    expect(statuses(early, prices)).toEqual({ 1: 'shadowed', 2: 'effective' });
    expect(rules(early, prices)).toEqual(['splits_differ']);
    const ratio = [split(1, 'polygon', '2024-06-10', 3), split(2, 'yahoo', '2024-06-10', 4)];
    expect(statuses(ratio, prices)).toEqual({ 1: 'shadowed', 2: 'effective' });
  });

  test.each(['2024-05-28', '2024-06-07', '2024-06-11', '2024-06-18'])(
    'one that is told for %s alone counts from the day of the step',
    (told) => {
      expect(found([split(1, 'polygon', told, 4)], prices).verdicts).toEqual([
        expect.objectContaining({ id: 1, status: 'effective', exDate: '2024-06-10', shown: true }),
      ]);
      expect(rules([split(1, 'polygon', told, 4)], prices)).toContain('splits_differ');
    },
  );

  test('the day of one source and the ratio of the other are put together', () => {
    const actions = [split(1, 'polygon', '2024-06-12', 4), split(2, 'yahoo', '2024-06-10', 5)];
    expect(found(actions, prices).verdicts).toEqual([
      expect.objectContaining({ id: 1, status: 'effective', exDate: '2024-06-10' }),
      expect.objectContaining({ id: 2, status: 'shadowed' }),
    ]);
  });

  test.each([10, 6, 150, 1 / 15, 12])('a step of 15 does not confirm a ratio of %d', (ratio) => {
    const step = { traded: traded('2024-06-10', 15) };
    expect(statuses([split(1, 'polygon', '2024-06-10', ratio)], step)[1]).not.toBe('effective');
  });

  test('a split without a step does not count', () => {
    const none = { traded: traded('2024-06-10', 1) };
    expect(statuses([split(1, 'polygon', '2024-06-10', 2)], none)).toEqual({ 1: 'refused' });
    expect(rules([split(1, 'polygon', '2024-06-10', 2)], none)).toEqual(['split_not_in_prices']);
  });

  test('two of one day count both only where their product is what prices show', () => {
    const both = [split(1, 'polygon', '2024-06-10', 2), split(2, 'polygon', '2024-06-10', 8)];
    expect(statuses(both, { traded: traded('2024-06-10', 16) })).toEqual({ 1: 'effective', 2: 'effective' });
    expect(statuses(both, { traded: traded('2024-06-10', 8) })).toEqual({ 1: 'shadowed', 2: 'effective' });
  });

  test('the same split in one list twice counts once', () => {
    const twice = [split(1, 'polygon', '2024-06-10', 4), split(2, 'polygon', '2024-06-10', 4)];
    expect(statuses(twice, prices)).toEqual({ 1: 'effective', 2: 'refused' });
    expect(rules(twice, prices)).toEqual(['split_by_one_source']);
  });

  test('no price on one side of it: it waits', () => {
    const before = { traded: prices.traded.filter(({ session }) => session < '2024-06-10') };
    expect(statuses([split(1, 'polygon', '2024-06-10', 4)], before)).toEqual({ 1: 'pending' });
    expect(statuses([split(1, 'polygon', '2024-06-10', 4)])).toEqual({ 1: 'pending' });
  });

  test('a spin-off in a list of splits counts as one, and is found', () => {
    const spinOff = { ...split(1, 'polygon', '2024-06-10', 1.046), kind: 'spin_off' as const };
    const small = { traded: traded('2024-06-10', 1.046) };
    expect(statuses([spinOff], small)).toEqual({ 1: 'effective' });
    expect(rules([spinOff], small)).toEqual(['spin_off_as_split']);
  });
});

describe('with the prices of a source that adjusts, and no others', () => {
  const adjusted = (prices: ReturnType<typeof traded>) => ({
    adjusted: (source: SourceName) => (sources[source].prices === 'split_adjusted' ? prices : []),
  });
  const smooth = adjusted(traded('2024-06-10', 1));
  const late = adjusted(traded('2024-06-10', 10));

  test('its own split counts, whether it is in the prices yet or not', () => {
    expect(statuses([split(1, 'yahoo', '2024-06-10', 10)], smooth)).toEqual({ 1: 'effective' });
    expect(statuses([split(1, 'yahoo', '2024-06-10', 10)], late)).toEqual({ 1: 'effective' });
  });

  test('what its prices contradict is disputed', () => {
    expect(statuses([split(1, 'yahoo', '2024-06-10', 3)], late)).toEqual({ 1: 'disputed' });
  });

  test('two sources that date a split some days apart tell of one split', () => {
    const actions = [split(1, 'yahoo', '2024-06-11', 10), split(2, 'polygon', '2024-06-10', 10)];
    expect(statuses(actions, smooth)).toEqual({ 1: 'effective', 2: 'shadowed' });
  });

  test('splits weeks apart are others', () => {
    const actions = [split(1, 'yahoo', '2024-05-20', 2), split(2, 'yahoo', '2024-07-01', 2)];
    expect(statuses(actions, { ...smooth, today: '2024-07-10' })).toEqual({ 1: 'effective', 2: 'effective' });
  });

  test('of two ratios for one day that of its own source counts, and the other is found', () => {
    const actions = [split(1, 'polygon', '2024-06-10', 2), split(2, 'yahoo', '2024-06-10', 3)];
    expect(statuses(actions, smooth)).toEqual({ 1: 'shadowed', 2: 'effective' });
    expect(rules(actions, smooth)).toEqual(['splits_differ']);
  });
});

test('a split to come is announced, and a source that lacks it is not blamed', () => {
  const actions = [split(1, 'polygon', '2024-06-21', 2)];
  expect(statuses(actions)).toEqual({ 1: 'announced' });
  expect(rules(actions)).toEqual([]);
});

test('a source that lacks a split is found after some days, not at once', () => {
  const shown = (exDate: string) => ({ traded: traded(exDate, 2) });
  expect(rules([split(1, 'polygon', '2024-06-18', 2)], shown('2024-06-18'))).toEqual([]);
  expect(rules([split(1, 'polygon', '2024-06-10', 2)], shown('2024-06-10'))).toEqual(['split_by_one_source']);
  expect(
    rules([split(1, 'polygon', '2024-06-10', 2)], { ...shown('2024-06-10'), covers: () => false }),
  ).toEqual([]);
});

test('a regular and a special dividend of one day both count', () => {
  const actions = [
    cash(1, 'polygon', '2024-06-10', 0.5),
    cash(2, 'polygon', '2024-06-10', 2, { dividendType: 'special' }),
    cash(3, 'yahoo', '2024-06-10', 2.5),
  ];
  expect(statuses(actions)).toEqual({ 1: 'effective', 2: 'effective', 3: 'shadowed' });
  expect(rules(actions)).toEqual([]);
});

test('the same dividend listed twice counts once', () => {
  expect(statuses([cash(1, 'polygon', '2024-06-10', 0.5), cash(2, 'polygon', '2024-06-10', 0.5)])).toEqual({
    1: 'effective',
    2: 'refused',
  });
});

test.each([
  ['nothing', 0],
  ['less than nothing', -1],
  ['more than the price', 101],
])('a dividend of %s is refused', (_, amount) => {
  const actions = [cash(1, 'polygon', '2024-06-10', amount)];
  expect(statuses(actions)).toEqual({ 1: 'refused' });
  expect(rules(actions)).toEqual(['dividend_is_nonsense']);
});
