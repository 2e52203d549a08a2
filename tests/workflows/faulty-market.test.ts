import { expect, test } from 'vitest';
import { adjustedAsOf, listedAsOf } from '../support/faulty-answers.ts';
import { closedAt, evenings, faultyMarket, sessionAt, type FaultyStock } from '../support/faulty-market.ts';
import { judgeReads } from '../support/faulty-reads.ts';
import { scriptedCase } from '../support/scripted-case.ts';
import { chartOf, ticker } from '../support/scripted-market.ts';

/**
 * More of them, or others: `FAULTY_EVENTS=10000 FAULTY_SEED=2 npx vitest run --project servers
 * tests/workflows/faulty-market.test.ts`, which then prints what was read and withheld. `FAULTY_ONLY=Q0017` keeps one of them.
 */
const events = Number(process.env.FAULTY_EVENTS ?? 350);
const seed = Number(process.env.FAULTY_SEED ?? 12);
const only = process.env.FAULTY_ONLY?.split(',');
const eventsOfStock = 7;

test('of a market that is told and adjusted wrongly no read is wrong, and few are withheld', async () => {
  const stocks = faultyMarket(seed, Math.ceil(events / eventsOfStock)).filter(
    ({ symbol }) => only?.includes(symbol) ?? true,
  );
  const symbols = stocks.map(({ symbol }) => symbol);
  const tickers = symbols.map((symbol) => ticker(symbol, { list_date: '2010-01-04' }));
  const lab = await scriptedCase({ now: closedAt(0), polygon: { tickers } });
  for (const [evening, last] of evenings.entries()) {
    Object.assign(lab.market, marketAsOf(stocks, tickers, evening));
    const whole = { startDate: sessionAt(0), endDate: sessionAt(last), symbols };
    if (evening === 0) await lab.run('polygon-historical-backfill', whole);
    await lab.run('polygon-daily-ingestion', { daysBack: evening === 0 ? 1 : 25, symbols });
    // At last the whole series is read once more.
    const isWhole = evening === 0 || evening === evenings.length - 1;
    const since = sessionAt((evenings[evening - 1] ?? 1) - 1);
    const dates = isWhole ? whole : { ...whole, startDate: since };
    await lab.run('yahoo-market-data-hourly', { ...dates, interval: '1d', incremental: !isWhole });
  }
  const { reads, withheld, wrong, wronglyPaid, paidStocks } = await judgeReads(lab.store.db, stocks);
  const share = (withheld.ofUnknownBasis + withheld.beforeDispute) / reads;
  if (process.env.FAULTY_EVENTS)
    process.stderr.write(`${JSON.stringify({ reads, share, withheld, paidStocks })}\n`);
  expect({ wrong, wronglyPaid }).toEqual({ wrong: [], wronglyPaid: [] });
  expect(withheld.unexplained).toBe(0);
  // Three splits a stock: what an old one leaves in doubt is withheld of all that lies before it.
  expect(share).toBeLessThan(0.01);
}, 3_600_000);

function marketAsOf(stocks: readonly FaultyStock[], tickers: readonly object[], evening: number) {
  const last = evenings[evening] ?? 0;
  const listed = stocks.map((stock) => listedAsOf(stock, evening));
  return {
    now: closedAt(evening),
    polygon: {
      tickers,
      bars: Object.fromEntries(stocks.map(({ symbol, traded }) => [symbol, traded.slice(0, last + 1)])),
      splits: listed.flatMap(({ splits }) => splits),
      dividends: listed.flatMap(({ dividends }) => dividends),
    },
    charts: Object.fromEntries(stocks.map((stock) => [stock.symbol, chartAsOf(stock, evening)])),
  };
}

/** A chart with events of its own: two of one day, and cash in another currency. */
function chartAsOf(stock: FaultyStock, evening: number) {
  const { rows, events: told } = adjustedAsOf(stock, evening);
  const honest = chartOf(stock.symbol, rows);
  return (url: URL) => {
    const body = honest(url) as { readonly chart: { readonly result: { events: unknown }[] } };
    const [from, to] = ['period1', 'period2'].map((name) => Number(url.searchParams.get(name)));
    const within = (all: object) =>
      Object.fromEntries(
        Object.entries(all).filter(([at]) => Number(at) >= (from ?? 0) && Number(at) < (to ?? 0)),
      );
    for (const result of body.chart.result)
      result.events = { splits: within(told.splits), dividends: within(told.dividends) };
    return body;
  };
}
