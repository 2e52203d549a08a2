import { expect, test } from 'vitest';
import { nothingCame } from '../../src/pipelines/closing/nothing-came.ts';
import type { RunSummary } from '../../src/runs/run-summary.ts';

const summary: RunSummary = {
  totalSymbols: 2,
  successful: 2,
  partial: 0,
  failed: 0,
  totalRecords: 0,
  changedRecords: 0,
  settledRecords: 0,
  requests: 3,
  successfulSymbols: ['A', 'B'],
  partialSymbols: [],
  failedSymbols: [],
  omitted: 0,
};

test.each<[Partial<RunSummary>, number, string | null]>([
  [
    {},
    5,
    'no bar came: asked for the 5 sessions, the provider has none; barwright calendar and symbols list show when there should be some',
  ],
  [
    { requests: 0 },
    1,
    'no bar came: nothing was asked, since every bar of the one session is stored, or recorded as absent; barwright bars shows them',
  ],
  [
    { totalSymbols: 0, requests: 0 },
    5,
    'no bar came: there was no symbol to ask for, of the 5 sessions; the watchlist is empty: barwright symbols watch AAPL,MSFT fills it, --symbols AAPL,MSFT does without',
  ],
  [
    { requests: 0 },
    0,
    'no bar came: no session of the range had closed; barwright calendar shows which there are',
  ],
  [{ totalRecords: 1 }, 5, null],
  [{ failed: 1 }, 5, null],
  [{ partial: 1 }, 5, null],
])('a summary with %j of %i sessions says %j', (over, sessions, says) => {
  expect(nothingCame({ ...summary, ...over }, sessions, 'yahoo')).toBe(says);
});
