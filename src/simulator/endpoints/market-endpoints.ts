import { answerDividends, answerSplits } from '../polygon/actions-endpoint.ts';
import { answerAggregates } from '../polygon/aggregates-endpoint.ts';
import type { Answer } from '../http/answer.ts';
import type { MarketContext } from '../market/market-context.ts';
import { answerMarketDay } from '../polygon/market-day-endpoint.ts';
import type { Endpoint, MarketRequest } from './market-request.ts';
import { BadQuery } from '../polygon/page-options.ts';
import { answerTicker, answerTickers } from '../polygon/tickers-endpoint.ts';
import { errorAnswer } from '../polygon/polygon-errors.ts';
import { answerChart } from '../yahoo/chart-endpoint.ts';
import { answerCrumb, answerQuotePage } from '../yahoo/crumb-endpoint.ts';
import { answerQuoteSummary } from '../yahoo/quote-summary-endpoint.ts';
import { answerTimeseries } from '../yahoo/timeseries-endpoint.ts';
import { YahooRefusal } from '../yahoo/yahoo-errors.ts';

const answers: Readonly<Record<Endpoint, (request: MarketRequest, context: MarketContext) => Answer>> = {
  aggregates: answerAggregates,
  marketDay: answerMarketDay,
  tickers: answerTickers,
  ticker: answerTicker,
  splits: answerSplits,
  dividends: answerDividends,
  chart: answerChart,
  quoteSummary: answerQuoteSummary,
  timeseries: answerTimeseries,
  quotePage: answerQuotePage,
  crumb: answerCrumb,
};

/** The honest answer to a request, refusals included. */
export function answerMarket(request: MarketRequest, context: MarketContext): Answer {
  try {
    return answers[request.endpoint](request, context);
  } catch (error) {
    if (error instanceof YahooRefusal) return error.answer;
    if (error instanceof BadQuery) return errorAnswer(400, context.requestId, error.message);
    throw error;
  }
}
