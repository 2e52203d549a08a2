import { expect, test } from 'vitest';
import { untold } from '../../src/domain/corporate-action.ts';
import type { ActionContext, KnownAction } from '../../src/domain/judged-action.ts';
import { reconcileActions } from '../../src/domain/reconcile-actions.ts';
import type { SourceName } from '../../src/domain/source.ts';

const context: ActionContext = {
  today: '2024-06-20',
  currency: 'USD',
  evidence: () => 'unknown',
  closeBefore: () => 100,
  covers: () => true,
};
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

test('two sources that date a split some days apart tell of one split', () => {
  const actions = [split(1, 'yahoo', '2024-06-11', 10), split(2, 'polygon', '2024-06-10', 10)];
  expect(statuses(actions)).toEqual({ 1: 'shadowed', 2: 'effective' });
  expect(rules(actions)).toEqual([]);
});

test('splits weeks apart are others', () => {
  expect(statuses([split(1, 'polygon', '2024-05-01', 2), split(2, 'yahoo', '2024-06-01', 2)])).toEqual({
    1: 'effective',
    2: 'effective',
  });
});

test('of two ratios for one day one counts, and the other is found', () => {
  const actions = [split(1, 'polygon', '2024-06-10', 2), split(2, 'yahoo', '2024-06-10', 3)];
  expect(statuses(actions)).toEqual({ 1: 'effective', 2: 'refused' });
  expect(rules(actions)).toEqual(['splits_differ']);
});

test('a split to come is announced, and a source that lacks it is not blamed', () => {
  const actions = [split(1, 'polygon', '2024-06-21', 2)];
  expect(statuses(actions)).toEqual({ 1: 'announced' });
  expect(rules(actions)).toEqual([]);
});

test('a source that lacks a split is found after some days, not at once', () => {
  expect(rules([split(1, 'polygon', '2024-06-18', 2)])).toEqual([]);
  expect(rules([split(1, 'polygon', '2024-06-10', 2)])).toEqual(['split_by_one_source']);
  expect(rules([split(1, 'polygon', '2024-06-10', 2)], { covers: () => false })).toEqual([]);
});

test('a split that the prices as traded do not show does not count', () => {
  const actions = [split(1, 'polygon', '2024-06-10', 2)];
  expect(statuses(actions, { evidence: () => 'in_prices' })).toEqual({ 1: 'refused' });
  expect(statuses(actions, { evidence: () => 'not_in_prices' })).toEqual({ 1: 'effective' });
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
