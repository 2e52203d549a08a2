import { afterAll, describe, expect, test } from 'vitest';
import { exchangeInstant } from '../../src/domain/exchange-time.ts';
import type { FlowName } from '../../src/flows/index.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import {
  barsBody,
  chartOf,
  polygonRow,
  quiet,
  rowsOf,
  ticker,
  type ScriptedMarket,
  type ScriptedReply,
} from '../support/scripted-market.ts';
import { endSharedLab } from '../support/shared-lab.ts';

afterAll(endSharedLab);

type Fields = Readonly<Record<string, unknown>>;

const others = ['AAPL', 'MSFT', 'SPY'];
const symbols = [...others, 'ZZZZ'];
const range = { from: '2020-04-06', to: '2020-04-17' };
const now = '2020-04-20T22:00:00Z';
const rows = rowsOf(range.from, range.to, () => quiet(250));
const bars = Object.fromEntries(symbols.map((symbol) => [symbol, rows]));

const isSeries = (path: string) => path.includes('/ticker/ZZZZ/range/') || path.endsWith('/chart/ZZZZ');
const isMarketDay = (path: string) => path.includes('/grouped/');

/** What one answer says in place of what is so. */
interface Odd {
  readonly what: string;
  readonly flow?: FlowName;
  readonly about?: (path: string) => boolean;
  readonly reply?: () => ScriptedReply;
  /** Of ZZZZ in the list of instruments. */
  readonly listed?: Fields;
  readonly splits?: readonly Fields[];
  readonly dividends?: readonly Fields[];
  readonly charts?: ScriptedMarket['charts'];
  /** How the load of ZZZZ ends; unset: well. */
  readonly error?: string;
  /** What the events of the run say. */
  readonly cause: RegExp;
}

const dayRows = (over: Fields) =>
  symbols.map((T) => ({
    T,
    ...polygonRow({ d: '2020-04-17', ...quiet(250) }, exchangeInstant('2020-04-17', 960)),
    ...(T === 'ZZZZ' ? over : {}),
  }));
const nothings = () => ({ body: barsBody(Array.from({ length: 400_000 }, () => ({}))) });
const refused = (body: unknown, headers = {}) => ({ status: 400, body, headers });
const said = (length: number) => `${'x'.repeat(length)}\u{1f600}${'y'.repeat(100)}`;
const split = (over: Fields) => ({
  ...{ id: 'S1', ticker: 'ZZZZ', execution_date: '2020-04-08', split_from: 1, split_to: 2, ...over },
});
const dividend = (over: Fields) => ({
  ...{ id: 'D1', ticker: 'ZZZZ', ex_dividend_date: '2020-04-08', cash_amount: 0.5, currency: 'USD' },
  ...{ distribution_type: 'recurring', frequency: 4, ...over },
});
const series = { body: barsBody(rows.map((row) => polygonRow(row, exchangeInstant(row.d, 0)))) };
const refusal = { about: isSeries, error: 'RequestRefused', cause: /^400/m };

const cases: readonly Odd[] = [
  ...[159, 160, 199, 200].map((at): Odd => ({
    ...{ ...refusal, what: `an emoji at ${at} of an error` },
    reply: () => refused({ status: 'ERROR', error: said(at - 1) }),
  })),
  { ...refusal, what: 'an emoji at 200 of a plain body', reply: () => refused(said(199)) },
  {
    ...{ ...refusal, what: 'NUL and half a pair in an error' },
    reply: () => refused({ status: 'ERROR', message: 'a\0b\ud83dc' }),
  },
  ...[
    ['two days ahead', 'Wed, 22 Apr 2020 22:00:00 GMT'],
    ['two days behind', 'Sat, 18 Apr 2020 22:00:00 GMT'],
    ['of the year 275760', 'Fri, 12 Sep 275760 00:00:00 GMT'],
  ].map(([when = '', date = '']): Odd => ({
    ...{ what: `a clock ${when}`, about: isSeries, reply: () => ({ ...series, headers: { date } }) },
    cause: new RegExp(`the clock of polygon says ${date}, more than 5 minutes from ours: ours counts`),
  })),
  ...['9999999999', '9'.repeat(30)].map((wish): Odd => ({
    ...{ what: `Retry-After: ${wish}`, about: isSeries, error: 'RateLimited' },
    reply: () => ({ status: 429, body: { error: 'too many' }, headers: { 'retry-after': wish } }),
    cause: /polygon refuses for too many requests: nothing is asked for \d+ s/,
  })),
  {
    ...{ what: '400,000 {} of a series', about: isSeries, reply: nothings, error: 'DoubtedResponse' },
    cause: /of 400000 records are bad, and none of the answer is believed/,
  },
  ...[{ v: -1 }, { t: 1e30 }].map((over): Odd => ({
    ...{
      what: `${JSON.stringify(over)} in a market day`,
      flow: 'polygon-daily-ingestion',
      about: isMarketDay,
    },
    ...{ reply: () => ({ body: barsBody(dayRows(over)) }), error: 'Quarantined', cause: /rejected/ },
  })),
  ...[{ name: 'Z\0Z\ud83d' }, { currency_name: 'u\0d' }, { composite_figi: 'B\0' }].map((listed): Odd => ({
    ...{ what: `${JSON.stringify(listed)} in the list`, listed, error: 'MalformedResponse' },
    cause: /could not be looked up: not what the documentation says at results\.\w+/,
  })),
  {
    ...{ what: 'splits out of all proportion', flow: 'polygon-daily-ingestion' },
    splits: [
      split({ split_to: 1e308, split_from: 0.33 }),
      split({ split_to: 1e307, split_from: 0.33 }),
      split({ split_to: 0.33, split_from: 1e308 }),
    ],
    cause: /3 rejected, and kept as evidence: .*split_to is 1e\+308/,
  },
  {
    ...{ what: 'dividends that cannot be', flow: 'polygon-daily-ingestion' },
    dividends: [dividend({ cash_amount: 1e308 }), dividend({ currency: 'U\0D' }), dividend({ id: 'D\0' })],
    cause: /3 rejected, and kept as evidence: .*cash_amount is 1e\+308/,
  },
  {
    ...{ what: 'a split of Yahoo\u2019s out of all proportion', flow: 'yahoo-market-data-hourly' },
    charts: { ZZZZ: chartOf('ZZZZ', rows, { events: { splits: [['2020-04-08', 1e308, 0.33]] } }) },
    ...{
      error: 'Quarantined',
      cause: /1 rejected, and kept as evidence: 2020-04-08 \(numerator is 1e\+308\)/,
    },
  },
];

const perSymbol = { startDate: range.from, endDate: range.to, symbols };
/** Two runs of one kind are those of two moments. */
function parametersOf(flow: FlowName, isFirst: boolean) {
  const nominalTime = `2020-04-${flow === 'polygon-daily-ingestion' ? 18 : 21}T0${isFirst ? 1 : 2}:00:00Z`;
  if (flow === 'polygon-daily-ingestion') return { daysBack: 0, nominalTime };
  return { ...perSymbol, nominalTime, ...(flow === 'yahoo-market-data-hourly' ? { interval: '1d' } : {}) };
}

/** What is of another time than the market's, or final before its time. */
const strangeTimes = `select symbol, observed_at from market.daily_bars b join market.instruments i on i.id = b.instrument_id
  where observed_at not between '2020-04-20T21:00:00Z' and '2020-04-21T00:00:00Z'`;
const heldOf = (source: string) => `select symbol, count(*)::int as bars
  from market.daily_bars b join market.instruments i on i.id = b.instrument_id
  where source = '${source}' group by i.id order by symbol`;
const ended = `select status from market.runs where status <> 'completed' or closed_at is null`;

describe('one odd answer', () => {
  test.each(cases)('$what', async (odd) => {
    const { flow = 'polygon-historical-backfill', about = () => false, error = null } = odd;
    let isOdd = true;
    const asked: string[] = [];
    const charts = Object.fromEntries(
      symbols.map((symbol) => [
        symbol,
        (url: URL) => ((isOdd ? odd.charts?.[symbol] : undefined) ?? chartOf(symbol, rows))(url),
      ]),
    );
    const tickers = symbols.map((symbol) => ticker(symbol, symbol === 'ZZZZ' ? odd.listed : {}));
    const { splits = [], dividends = [] } = odd;
    const lab = await scriptedCase({
      now,
      charts,
      handle(path) {
        if (!isOdd || !about(path)) return undefined;
        asked.push(path);
        return odd.reply?.();
      },
      polygon: { tickers, bars, splits, dividends },
    });
    // The lists of actions are read for what is stored.
    if (splits.length + dividends.length > 0)
      await lab.run('polygon-historical-backfill', { ...perSymbol, endDate: '2020-04-16' });

    const { runId } = await lab.run(flow, parametersOf(flow, true));
    const loads = await lab.loads(runId);
    expect(loads.filter(({ error: why }) => why !== null).map((load) => [load.symbol, load.error])).toEqual(
      error === null ? [] : [['ZZZZ', error]],
    );
    expect(asked.length).toBeLessThanOrEqual(4);
    const said = await lab.rows<{ message: string }>(`select message from market.run_events`);
    expect(said.map(({ message }) => message).join('\n')).toMatch(odd.cause);
    expect(await lab.rows(ended)).toEqual([]);
    expect(await lab.rows(strangeTimes)).toEqual([]);

    isOdd = false;
    lab.market.polygon.tickers = symbols.map((symbol) => ticker(symbol));
    lab.market.polygon.splits = [];
    lab.market.polygon.dividends = [];
    lab.market.now = '2020-04-20T23:00:00Z';
    const { summary } = await lab.run(flow, parametersOf(flow, false));
    expect(summary).toMatchObject({ successful: symbols.length, partial: 0, failed: 0 });
    const source = flow.startsWith('yahoo') ? 'yahoo' : 'polygon';
    const held = await lab.rows(heldOf(source));
    const count =
      flow === 'polygon-daily-ingestion' && splits.length + dividends.length === 0 ? 1 : rows.length;
    expect(held).toEqual(symbols.map((symbol) => ({ symbol, bars: count })));
  });
});
