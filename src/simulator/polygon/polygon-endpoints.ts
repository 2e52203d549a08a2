import type { Answer } from '../http/answer.ts';
import { answerDividends, answerSplits } from './actions-endpoint.ts';
import { answerAggregates } from './aggregates-endpoint.ts';
import { answerMarketDay } from './market-day-endpoint.ts';
import { BadQuery } from './page-options.ts';
import type { PolygonContext } from './polygon-context.ts';
import { errorAnswer } from './polygon-errors.ts';
import type { PolygonEndpoint, PolygonRequest } from './polygon-request.ts';
import { answerEvents, answerTicker, answerTickers } from './tickers-endpoint.ts';

const answers: Readonly<
  Record<PolygonEndpoint, (request: PolygonRequest, context: PolygonContext) => Answer>
> = {
  aggregates: answerAggregates,
  marketDay: answerMarketDay,
  tickers: answerTickers,
  ticker: answerTicker,
  events: answerEvents,
  splits: answerSplits,
  dividends: answerDividends,
};

/** Polygon's honest answer to a request, refusals included. */
export function answerPolygon(request: PolygonRequest, context: PolygonContext): Answer {
  try {
    return answers[request.endpoint](request, context);
  } catch (error) {
    if (error instanceof BadQuery) return errorAnswer(400, context.requestId, error.message);
    throw error;
  }
}
