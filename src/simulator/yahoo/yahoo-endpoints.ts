import type { Answer } from '../http/answer.ts';
import { answerChart } from './chart-endpoint.ts';
import { answerCrumb, answerQuotePage } from './crumb-endpoint.ts';
import { answerQuoteSummary } from './quote-summary-endpoint.ts';
import { answerTimeseries } from './timeseries-endpoint.ts';
import type { YahooContext } from './yahoo-context.ts';
import { YahooRefusal } from './yahoo-errors.ts';
import type { YahooEndpoint, YahooRequest } from './yahoo-request.ts';

const answers: Readonly<Record<YahooEndpoint, (request: YahooRequest, context: YahooContext) => Answer>> = {
  chart: answerChart,
  quoteSummary: answerQuoteSummary,
  timeseries: answerTimeseries,
  quotePage: answerQuotePage,
  crumb: answerCrumb,
};

/** Yahoo's honest answer to a request, refusals included. */
export function answerYahoo(request: YahooRequest, context: YahooContext): Answer {
  try {
    return answers[request.endpoint](request, context);
  } catch (error) {
    if (error instanceof YahooRefusal) return error.answer;
    throw error;
  }
}
