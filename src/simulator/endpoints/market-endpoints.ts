import type { Answer } from '../http/answer.ts';
import type { PolygonContext } from '../polygon/polygon-context.ts';
import { answerPolygon } from '../polygon/polygon-endpoints.ts';
import type { YahooContext } from '../yahoo/yahoo-context.ts';
import { answerYahoo } from '../yahoo/yahoo-endpoints.ts';
import { isPolygon, type MarketRequest } from './market-request.ts';

/** What any of the endpoints needs beside the request. */
export type MarketContext = PolygonContext & YahooContext;

/** The honest answer to a request, refusals included. */
export function answerMarket(request: MarketRequest, context: MarketContext): Answer {
  return isPolygon(request) ? answerPolygon(request, context) : answerYahoo(request, context);
}
