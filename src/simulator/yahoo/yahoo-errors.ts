import { json, type Answer } from '../http/answer.ts';

/** Thrown where Yahoo answers something else than what was asked for. */
export class YahooRefusal extends Error {
  override readonly name = 'YahooRefusal';
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}

/** An error as each family of endpoints wraps it, texts as recorded. */
export function yahooError(
  family: 'chart' | 'quoteSummary' | 'timeseries' | 'finance',
  status: number,
  code: string,
  description: string,
): Answer {
  return json(status, { [family]: { result: null, error: { code, description } } });
}

/** 404 of the chart, the same for a ticker that never was and one that is gone. */
export function noSuchChart(): YahooRefusal {
  return new YahooRefusal(yahooError('chart', 404, 'Not Found', 'No data found, symbol may be delisted'));
}

/** 401, as for a crumb that is missing, another one or out of date. */
export function invalidCrumb(): Answer {
  return yahooError('finance', 401, 'Unauthorized', 'Invalid Crumb');
}

/** 429: plain text. */
function edgeTooManyRequests(): Answer {
  return { status: 429, contentType: 'text/plain', body: 'Edge: Too Many Requests' };
}

/** What Yahoo's hosts answer by themselves with a status. */
export function yahooStatus(status: number): Answer {
  switch (status) {
    case 401:
      return invalidCrumb();
    case 404:
      return noSuchChart().answer;
    case 429:
      return edgeTooManyRequests();
    default:
      return yahooError('finance', status, status >= 500 ? 'internal-error' : 'Bad Request', 'simulated');
  }
}
