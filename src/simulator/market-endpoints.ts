import { answerAggregates } from './aggregates-endpoint.ts';
import type { Answer } from './answer.ts';
import type { MarketContext } from './market-context.ts';
import { answerMarketDay } from './market-day-endpoint.ts';
import type { Endpoint, MarketRequest } from './market-request.ts';
import { BadQuery } from './page-options.ts';
import { answerTicker, answerTickers } from './tickers-endpoint.ts';
import { errorAnswer } from './wire-errors.ts';

const answers: Readonly<Record<Endpoint, (request: MarketRequest, context: MarketContext) => Answer>> = {
  aggregates: answerAggregates,
  marketDay: answerMarketDay,
  tickers: answerTickers,
  ticker: answerTicker,
};

/** The honest answer to a request, refusals included. */
export function answerMarket(request: MarketRequest, context: MarketContext): Answer {
  try {
    return answers[request.endpoint](request, context);
  } catch (error) {
    if (error instanceof BadQuery) return errorAnswer(400, context.requestId, error.message);
    throw error;
  }
}
