import type { ActionContext } from '../../src/domain/judged-action.ts';

/** What is known around actions where no test says more: a price, a currency, and that every source tells of all. */
export const plainContext: ActionContext = {
  today: '2024-06-20',
  currency: 'USD',
  traded: [],
  adjusted: () => [],
  applied: null,
  closeBefore: () => 100,
  covers: () => true,
};
