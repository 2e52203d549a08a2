import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, rowsOf, ticker, type ScriptedRow } from '../support/scripted-market.ts';
import { endSharedLab } from '../support/shared-lab.ts';

afterAll(endSharedLab);

const now = '2026-06-30T22:00:00Z';
const range = { from: '2026-05-01', to: '2026-06-29' };
const usual = rowsOf(range.from, range.to, (_, index) => {
  const o = 12.5 + (index % 8) / 16;
  return { o, h: o + 0.25, l: o - 0.25, c: o + (index % 3) / 32, v: 1e5 + 100 * index };
});
const daily = { interval: '1d', symbols: ['HALT'], startDate: range.from, endDate: range.to };
const flow = 'yahoo-market-data-hourly';

type Kind = 'good' | 'inconsistent' | 'bad';
type Told = readonly [Kind, Partial<ScriptedRow>];
const field = fc.constantFrom('o', 'h', 'l', 'c');
const noPrice = fc.constantFrom(0, -0, -0.01, -1e9);
const told = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Told>(['good', {}]) },
  fc.constantFrom<Told>(
    ['inconsistent', { h: 12 }],
    ['inconsistent', { l: 14 }],
    ['inconsistent', { h: 1, l: 90 }],
  ),
  fc.oneof(
    fc.tuple(field, noPrice).map(([name, value]): Told => ['bad', { [name]: value }]),
    fc.constantFrom(-1, 2e13).map((v): Told => ['bad', { v }]),
    fc.constant<Told>(['bad', { o: 0, h: 0, l: 0, c: 0, v: 0 }]),
  ),
);
/** Now and then most of an answer is bad: then it is one finding. */
const answer = fc.array(told, { minLength: usual.length, maxLength: usual.length });

interface Found {
  readonly rule: string;
  readonly status: string;
  readonly from: string;
  readonly to: string;
  readonly runs: readonly (readonly [string, string])[] | null;
}
const found = `select rule, status, range_start as "from", range_end as "to", evidence, evidence -> 'runs' as runs
  from market.quality_findings where rule in ('quarantined', 'inconsistent') order by rule, range_start`;

function daysIn(findings: readonly Found[], rule: string): readonly string[] {
  const own = findings.filter((one) => one.rule === rule && one.status === 'open');
  const runs = own.flatMap(({ from, to, runs }) => runs ?? [[from, to] as const]);
  const sessions = usual.map(({ d }) => d);
  return sessions.filter((day) => runs.some(([from, to]) => from <= day && day <= to));
}

test('of any mix of rows what is no bar is in quarantine, all else is stored, and good rows close it all', async () => {
  await fc.assert(
    fc.asyncProperty(answer, async (rows) => {
      const sent = usual.map((row, index): ScriptedRow => ({ ...row, ...rows[index]?.[1] }));
      const daysOf = (kind: Kind) => usual.flatMap(({ d }, index) => (rows[index]?.[0] === kind ? d : []));
      const tickers = [ticker('HALT', { list_date: '2020-01-02' })];
      const lab = await scriptedCase({ now, polygon: { tickers }, charts: { HALT: chartOf('HALT', sent) } });
      await lab.run(flow, daily);
      const stored = await lab.bars('HALT', { ...range, source: 'yahoo' });
      const kept = [...daysOf('good'), ...daysOf('inconsistent')].sort();
      expect(stored.map(({ session }) => session)).toEqual(kept);
      const first = await lab.rows<Found>(found);
      expect(daysIn(first, 'quarantined')).toEqual(daysOf('bad'));
      expect(daysIn(first, 'inconsistent')).toEqual(daysOf('inconsistent'));

      await lab.run(flow, { ...daily, incremental: false });
      expect(await lab.rows<Found>(found)).toEqual(first);
      expect(await lab.rows(`select 1 from market.bar_absences`)).toEqual([]);

      lab.market.charts = { HALT: chartOf('HALT', usual) };
      await lab.run(flow, { ...daily, incremental: false });
      const last = await lab.rows<Found>(found);
      expect(last.map(({ status }) => status)).toEqual(first.map(() => 'repaired'));
      expect(await lab.rows(`select 1 from market.rejected_rows where settled_as is null`)).toEqual([]);
      expect(await lab.bars('HALT', { ...range, source: 'yahoo' })).toHaveLength(usual.length);
    }),
    { numRuns: 20, endOnFailure: true },
  );
});
