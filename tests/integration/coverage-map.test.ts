import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionDatesBetween } from '../../src/calendar/exchange-calendar.ts';
import { maskOf, monthOf } from '../../src/domain/day-masks.ts';
import {
  coverageSums,
  expectedCells,
  mapBetween,
  sessionSums,
} from '../../src/operations/coverage-counts.ts';
import { freshnessOf } from '../../src/operations/freshness.ts';
import { lookOver } from '../../src/operations/look-over.ts';
import { readCoverageMap, type CoverageMap } from '../../src/pipelines/gaps/coverage-map.ts';
import { coveredMarket } from '../support/covered-market.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dailyTables, emptyTables } from '../support/empty-tables.ts';

let store: TestDatabase;
beforeAll(async () => {
  store = await freshDatabase();
});
afterAll(() => store.close());
beforeEach(() => emptyTables(store, [...dailyTables, 'rejected_rows']));

const range = { from: '2024-01-22', to: '2024-03-08' };
const sessions = sessionDatesBetween(range);
const nowMs = Date.parse('2024-03-08T23:00:00Z');
const place = fc.nat(sessions.length - 1);

/** A cell's history, in the order in which it is told. */
const told = fc.record({
  instrument: fc.nat(5),
  // Few sessions: what is told of one cell is told more than once.
  at: fc.nat(6),
  what: fc.constantFrom(
    'settled',
    'provisional',
    'elsewhere',
    'no_trade',
    'not_listed',
    'doubted',
    'refused',
  ),
});
const listings = fc.array(fc.record({ listed: fc.option(place), delisted: fc.option(place) }), {
  minLength: 6,
  maxLength: 6,
});

let worlds = 0;

async function enter(lives: readonly { readonly listed: number | null; readonly delisted: number | null }[]) {
  worlds += 1;
  const market = coveredMarket(store);
  const ids: number[] = [];
  for (const [at, { listed, delisted }] of lives.entries())
    ids.push(
      await market.instrument(`W${worlds}X${at}`, {
        ...(listed === null ? {} : { listedOn: sessions[listed] ?? '' }),
        ...(delisted === null ? {} : { delistedOn: sessions[delisted] ?? '' }),
      }),
    );
  return { market, ids };
}

/** What each cell of an instrument is: of those that are not due or there, nothing. */
function statesIn({ months, instruments }: CoverageMap, id: number) {
  const at = instruments.findIndex((one) => one.id === id);
  return sessions.map((session) => {
    const month = months.find((one) => one.month === monthOf(session));
    const is = (masks: Uint32Array | undefined) => ((masks?.[at] ?? 0) & maskOf(session)) !== 0;
    if (is(month?.settled)) return 'settled';
    if (is(month?.provisional)) return 'provisional';
    return is(month?.due) ? 'due' : null;
  });
}

const due = new Set(['never_asked', 'provider_fault', 'quarantined', 'not_yet', 'history_floor']);

test('what is due is what coverage says, cell by cell, and so are the sums of any part', async () => {
  await fc.assert(
    fc.asyncProperty(listings, fc.array(told, { maxLength: 60 }), place, async (lives, history, cut) => {
      await emptyTables(store, [...dailyTables, 'rejected_rows']);
      const { market, ids } = await enter(lives);
      for (const { instrument, at, what } of history) {
        const [id, session] = [ids[instrument] ?? 0, [sessions[at] ?? '']];
        if (what === 'settled' || what === 'provisional')
          await market.bars(id, session, { settled: what === 'settled' });
        else if (what === 'elsewhere') await market.bars(id, session, { source: 'yahoo' });
        else if (what === 'refused') await market.refused(id, session[0] ?? '');
        else if (what === 'doubted') await market.absent(id, session, { confirmed: false });
        else await market.absent(id, session, { reason: what });
      }
      const wish = { source: 'polygon', interval: '1d', range, nowMs } as const;
      const map = await readCoverageMap(store, wish);
      const coverage = await lookOver(store.db, { ...wish, instruments: null });
      const series = coverage.series.filter(({ instrument }) => ids.includes(instrument.id));
      for (const { instrument, gaps } of series) {
        const states = statesIn(map, instrument.id);
        const lacks = sessions.map((session) =>
          gaps.find(({ from, to }) => from <= session && session <= to),
        );
        expect(states.map((state) => state === 'due')).toEqual(
          lacks.map((gap) => gap !== undefined && due.has(gap.reason)),
        );
        expect(states.map((state) => state === 'settled' || state === 'provisional')).toEqual(
          lacks.map((gap) => gap === undefined),
        );
      }
      const [from, to] = [sessions[Math.min(cut, 20)] ?? '', sessions[Math.max(cut, 20)] ?? ''];
      const part = mapBetween(map, from, to);
      const { all, each } = coverageSums(part);
      const kinds = ['settled', 'provisional', 'absent', 'due'] as const;
      const bySession = part.sessions.map((session) => sessionSums(map, session));
      for (const kind of kinds) {
        expect(all[kind]).toBe(bySession.reduce((sum, one) => sum + one[kind], 0));
        expect(all[kind]).toBe(each.reduce((sum, one) => sum + one[kind], 0));
      }
      expect(expectedCells(all)).toBeLessThanOrEqual(part.sessions.length * part.instruments.length);
      expect(freshnessOf(map, nowMs)?.last).toMatchObject({ due: sessionSums(map, range.to).due });
    }),
    { numRuns: 25, endOnFailure: true },
  );
});
