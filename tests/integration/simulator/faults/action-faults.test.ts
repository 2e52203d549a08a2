import { describe, expect, test } from 'vitest';
import type { FaultScript } from '../../../../src/simulator/faults/fault-script.ts';
import type { ScriptedAction } from '../../../../src/simulator/market/scripted-actions.ts';
import { marketDay, runningMarket, series } from '../../../support/running-market.ts';
import { chartPath, resultOf, rowsOf, type ChartBody } from '../../../support/yahoo-chart-body.ts';

type Fault = FaultScript[number]['fault'];
interface ListBody {
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly next_url?: string;
}

const exDate = '2024-06-12';
const actions: readonly ScriptedAction[] = [
  { symbol: 'SPY', kind: 'split', exDate, ratio: 4 },
  { symbol: 'SPY', kind: 'cash_dividend', exDate: '2024-06-18', amount: 2 },
];
const june = chartPath('SPY', '2024-06-03', '2024-06-29');
const splits = `/stocks/v1/splits?ticker=SPY&execution_date.gte=2024-06-01&execution_date.lte=2024-06-30`;
const dividends = `/stocks/v1/dividends?ticker=SPY&ex_dividend_date=2024-06-18`;

async function asked(...faults: readonly Fault[]) {
  const rules = faults.map((fault) => ({ match: { symbol: 'SPY' }, fault }));
  const { get, request } = await runningMarket({ actions, faults: rules });
  const events = async () => resultOf(await get<ChartBody>(june)).events;
  const listed = async (path: string) => (await get<ListBody>(path)).results;
  return { get, request, events, listed };
}

const daysOf = (told: object | undefined) =>
  Object.values(told ?? {}).map(({ date }: { date: number }) =>
    new Date(date * 1000).toISOString().slice(0, 10),
  );

describe('corporate actions told wrongly', () => {
  test('on another day, by both providers', async () => {
    const { events, listed } = await asked({ kind: 'movedAction', exDate, days: -2 });
    expect((await listed(splits)).map((one) => one['execution_date'])).toEqual(['2024-06-10']);
    expect(daysOf((await events())?.splits)).toEqual(['2024-06-10']);
    expect(daysOf((await events())?.dividends)).toContain('2024-06-18');
  });

  test('with another ratio', async () => {
    const { events, listed } = await asked({ kind: 'wrongRatio', after: 1, before: 4 });
    expect(await listed(splits)).toMatchObject([{ split_to: 1, split_from: 4 }]);
    expect(Object.values((await events())?.splits ?? {})).toMatchObject([
      { numerator: 1, denominator: 4, splitRatio: '1:4' },
    ]);
  });

  test('twice, some days apart', async () => {
    const { events, listed } = await asked({ kind: 'doubledAction', exDate, days: 1 });
    const told = await listed(splits);
    expect(told.map((one) => one['execution_date'])).toEqual([exDate, '2024-06-13']);
    expect(new Set(told.map((one) => one['id'])).size).toBe(2);
    expect(daysOf((await events())?.splits)).toEqual([exDate, '2024-06-13']);
  });

  test('not at all', async () => {
    const { events, listed } = await asked({ kind: 'missingAction', exDate });
    expect(await listed(splits)).toEqual([]);
    expect(daysOf((await events())?.splits)).toEqual([]);
  });

  test('of another amount, in another currency', async () => {
    const { events, listed } = await asked(
      { kind: 'wrongAmount', exDate: '2024-06-18', factor: 10 },
      { kind: 'foreignCurrency', exDate: '2024-06-18' },
    );
    expect(await listed(dividends)).toContainEqual(
      expect.objectContaining({ cash_amount: 20, currency: 'CAD' }),
    );
    expect(Object.values((await events())?.dividends ?? {})).toContainEqual(
      expect.objectContaining({ amount: 20, currency: 'CAD' }),
    );
  });
});

describe('a series in other shares', () => {
  const closes = async (...faults: readonly Fault[]) => {
    const { get } = await asked(...faults);
    return new Map(
      rowsOf(await get<ChartBody>(june)).map(({ at, close }) => [at.slice(0, 10), close ?? NaN]),
    );
  };
  const ratios = async (fault: Fault) => {
    const [honest, wrong] = [await closes(), await closes(fault)];
    return (session: string) => (wrong.get(session) ?? NaN) / (honest.get(session) ?? NaN);
  };

  test('is never adjusted for a split', async () => {
    const ratio = await ratios({ kind: 'otherShares', before: exDate, ratio: 4 });
    expect(ratio('2024-06-03')).toBeCloseTo(4, 5);
    expect(ratio('2024-06-11')).toBeCloseTo(4, 5);
    expect(ratio(exDate)).toBe(1);
  });

  test('is adjusted some sessions too far', async () => {
    const late = { kind: 'otherShares', from: exDate, before: '2024-06-14', ratio: 0.25 } as const;
    const ratio = await ratios(late);
    expect(ratio('2024-06-11')).toBe(1);
    expect(ratio('2024-06-13')).toBeCloseTo(0.25, 5);
    expect(ratio('2024-06-14')).toBe(1);
  });
});

describe('answers of which something lacks', () => {
  const march = series('SPY', '2024-03-04', '2024-03-08');
  const chart = chartPath('SPY', '2024-03-04', '2024-03-09');

  test.each([
    [{ first: 1 }, 4],
    [{ last: 2 }, 3],
    [{ sessions: ['2024-03-06'] }, 4],
    [{ first: 9 }, 0],
  ])('rows: %j', async (missing, left) => {
    const { get } = await asked({ kind: 'missingRows', ...missing });
    expect((await get(march)).results ?? []).toHaveLength(left);
    expect(rowsOf(await get<ChartBody>(chart))).toHaveLength(left);
  });

  test('the next page', async () => {
    const { get } = await runningMarket({ faults: [{ fault: { kind: 'noNextPage' } }] });
    const body = await get<ListBody>('/v3/reference/tickers?market=stocks&limit=10');
    expect(body.results).toHaveLength(10);
    expect(body.next_url).toBeUndefined();
  });

  test('the sense of some rows', async () => {
    const bad = { kind: 'malformed', field: 'c', value: null, count: 3 } as const;
    const { get } = await runningMarket({ faults: [{ fault: bad }] });
    const { results } = await get<ListBody>(marketDay('2024-03-05'));
    expect(results.filter((row) => row['c'] === null)).toHaveLength(3);
    const close = { ...bad, field: 'close' };
    const { get: getChart } = await runningMarket({ faults: [{ fault: close }] });
    expect(rowsOf(await getChart<ChartBody>(chart)).filter((row) => row.close === null)).toHaveLength(3);
  });
});

test.each([
  [{ retryAfterSeconds: 2.5 }, '2.5'],
  [{ retryAfterSeconds: 25, retryAfterAs: 'date' }, 'Wed, 10 Jul 2024 21:00:25 GMT'],
  [{ retryAfter: 'soon' }, 'soon'],
] as const)('a refusal tells when to come back as %j', async (form, header) => {
  const { request } = await asked({ kind: 'status', status: 429, ...form });
  expect((await request(june)).headers.get('retry-after')).toBe(header);
});
