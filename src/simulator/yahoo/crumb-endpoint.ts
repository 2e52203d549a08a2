import type { Answer } from '../http/answer.ts';
import type { YahooContext } from './yahoo-context.ts';
import { yahooError } from './yahoo-errors.ts';
import type { YahooRequest } from './yahoo-request.ts';

const cookie =
  'A3=d=AQABBSimulated&S=AQAAAs; Max-Age=31557600; Domain=.yahoo.com; Path=/; SameSite=None; Secure; HttpOnly';

/** `/quote/{symbol}`: a page that is worth its cookie only. */
export function answerQuotePage(): Answer {
  return {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: '<!doctype html><html lang="en-US"><head><title>Simulated</title></head><body></body></html>',
    headers: { 'set-cookie': cookie },
  };
}

/** `/v1/test/getcrumb`: plain text; not without the cookie. */
export function answerCrumb(_: YahooRequest, { cookies, crumbs }: YahooContext): Answer {
  if (!hasCookie(cookies)) return yahooError('finance', 401, 'Unauthorized', 'Invalid Cookie');
  return { status: 200, contentType: 'text/plain;charset=utf-8', body: crumbs.current() };
}

/** True when a request carries the cookie and the crumb that are valid now. */
export function hasCrumb({ query }: YahooRequest, { cookies, crumbs }: YahooContext): boolean {
  return hasCookie(cookies) && query.get('crumb') === crumbs.current();
}

function hasCookie(cookies: string): boolean {
  return /(^|;\s*)A3=/.test(cookies);
}
