import { json, type Answer } from '../http/answer.ts';

// Texts as quoted in the fixtures (`reported-error-bodies.json`); the provider says `error` in some and `message` in others.

/** A refusal in the shape most errors have. */
export function errorAnswer(status: number, requestId: string, error: string): Answer {
  return json(status, { status: 'ERROR', request_id: requestId, error });
}

/** 401 without a key, or with another one. */
export function unauthorized(requestId: string, keyGiven: boolean): Answer {
  return errorAnswer(401, requestId, keyGiven ? 'Unknown API Key' : 'API Key was not provided');
}

/** 404 for a ticker that is unknown or no longer listed. */
export function tickerNotFound(requestId: string): Answer {
  return notFound(requestId, 'Ticker not found.');
}

/** 404. */
export function notFound(requestId: string, message: string): Answer {
  return json(404, { status: 'NOT_FOUND', request_id: requestId, message });
}

/** 403 as the provider gives it for a day that the plan does not show yet. */
export function timeframeNotIncluded(requestId: string): Answer {
  return json(403, {
    status: 'NOT_AUTHORIZED',
    request_id: requestId,
    message:
      "Your plan doesn't include this data timeframe. Please upgrade your plan at https://polygon.io/pricing",
  });
}

/** 429 in the provider's words. */
function tooManyRequests(requestId: string): Answer {
  return errorAnswer(
    429,
    requestId,
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing",
  );
}

/** What Polygon answers by itself with a status. */
export function polygonStatus(status: number, requestId: string): Answer {
  switch (status) {
    case 401:
      return unauthorized(requestId, true);
    case 403:
      return timeframeNotIncluded(requestId);
    case 404:
      return notFound(requestId, 'Not found.');
    case 429:
      return tooManyRequests(requestId);
    default:
      return errorAnswer(status, requestId, status >= 500 ? 'Internal server error' : 'Bad request');
  }
}
